//! The commands of etcdctl 3.4.23: their names, arguments, flags and help
//! (`etcdctl/ctlv3/command/*_command.go`).
//!
//! One table says what can be typed, what the help prints and what completion offers.

use super::flags::{Flag, Kind};

/// A command, or a group of them.
#[derive(Debug)]
pub(super) struct Command {
    /// How it is called, as in `lease grant`; empty for etcdctl itself.
    pub(super) path: &'static str,
    /// What stands behind that in its use line.
    pub(super) arguments: &'static str,
    /// What it does, in a line.
    pub(super) summary: &'static str,
    /// What else the help has to say; most have nothing.
    pub(super) about: &'static str,
    pub(super) flags: &'static [Flag],
}

impl Command {
    /// The last word of its name.
    pub(super) fn name(&self) -> &'static str {
        self.path.rsplit(' ').next().unwrap_or_default()
    }

    /// The commands of a group.
    pub(super) fn children(&self) -> impl Iterator<Item = &'static Self> {
        let above = self.path;
        COMMANDS.iter().filter(move |command| {
            let parent = command
                .path
                .rsplit_once(' ')
                .map_or("", |(parent, _)| parent);
            parent == above && !command.path.is_empty()
        })
    }

    /// The command of a group that this word names: by its whole name, or by the beginning of
    /// one alone (cobra's `EnablePrefixMatching`).
    pub(super) fn child(&self, word: &str) -> Option<&'static Self> {
        let mut begins = self
            .children()
            .filter(|child| child.name().starts_with(word));
        let exact = self.children().find(|child| child.name() == word);
        exact.or_else(|| match (begins.next(), begins.next()) {
            (Some(child), None) => Some(child),
            _ => None,
        })
    }

    /// Whether it is a group.
    pub(super) fn is_group(&self) -> bool {
        self.children().next().is_some()
    }

    /// Its flags, and those that it takes from its group.
    pub(super) fn own(&self) -> (&'static [Flag], &'static [Flag]) {
        (self.flags, self.inherited())
    }

    /// Flags that it takes from its group.
    pub(super) fn inherited(&self) -> &'static [Flag] {
        match self.path.strip_prefix("endpoint ") {
            Some(_) => ENDPOINT,
            None => &[],
        }
    }
}

/// The table's first row: etcdctl itself.
pub(super) fn root() -> &'static Command {
    &COMMANDS[0]
}

/// A flag that is a text.
const fn text(name: &'static str, default: &'static str, usage: &'static str) -> Flag {
    Flag::new(name, Kind::Text, default, usage)
}

const ENDPOINT: &[Flag] = &[Flag::boolean(
    "cluster",
    "use all endpoints from the cluster member list",
)];

const CHECK_COMPACT: Flag = Flag::boolean(
    "auto-compact",
    "Compact storage with last revision after test is finished.",
);
const CHECK_DEFRAG: Flag =
    Flag::boolean("auto-defrag", "Defragment storage after test is finished.");

const INTERACTIVE: Flag = Flag::new(
    "interactive",
    Kind::Bool,
    "true",
    "Read password from stdin instead of interactive terminal",
);

const PUT_ABOUT: &str = "\
Puts the given key into the store.

When <value> begins with '-', <value> is interpreted as a flag.
Insert '--' for workaround:

$ put <key> -- <value>
$ put -- <key> <value>

If <value> isn't given as a command line argument and '--ignore-value' is not specified,
this command tries to read the value from standard input.

If <lease> isn't given as a command line argument and '--ignore-lease' is not specified,
this command tries to read the value from standard input.

For example,
$ cat file | put <key>
will store the content of the file to <key>.";

const STATUS_ABOUT: &str = "\
When --write-out is set to simple, this command prints out comma-separated status lists for each endpoint.
The items in the lists are endpoint, ID, version, db size, is leader, is learner, raft term, raft index, raft applied index, errors.";

const MEMBERS_ABOUT: &str = "\
When --write-out is set to simple, this command prints out comma-separated member lists for each endpoint.
The items in the lists are ID, Status, Name, Peer Addrs, Client Addrs, Is Learner.";

const SNAPSHOT_ABOUT: &str = "\
When --write-out is set to simple, this command prints out comma-separated status lists for each endpoint.
The items in the lists are hash, revision, total keys, total size.";

const COMPLETION_ABOUT: &str = "\
Generate the autocompletion script for etcdctl for the specified shell.
See each sub-command's help for details on how to use the generated script.";

const HELP_ABOUT: &str = "\
Help provides help for any command in the application.
Simply type etcdctl help [path to command] for full details.";

macro_rules! commands {
    ($($path:literal $arguments:literal: $summary:literal $(, about $about:expr)?
       $(, [$($flag:expr),* $(,)?])?;)+) => {
        /// All commands; those of a group behind it.
        pub(super) static COMMANDS: &[Command] = &[$(Command {
            path: $path,
            arguments: $arguments,
            summary: $summary,
            about: concat_or_empty!($($about)?),
            flags: &[$($($flag),*)?],
        }),+];
    };
}

macro_rules! concat_or_empty {
    () => {
        ""
    };
    ($about:expr) => {
        $about
    };
}

#[rustfmt::skip] // One command a paragraph reads as the table that it is.
commands! {
    "" "[flags]": "A simple command line client for etcd3.";
    "alarm" "<subcommand>": "Alarm related commands";
    "alarm disarm" "": "Disarms all alarms";
    "alarm list" "": "Lists all alarms";
    "auth" "<enable or disable>": "Enable or disable authentication";
    "auth disable" "": "Disables authentication";
    "auth enable" "": "Enables authentication";
    "check" "<subcommand>": "commands for checking properties of the etcd cluster";
    "check datascale" "[options]": "Check the memory usage of holding data for different workloads on a given server endpoint.",
        about "If no endpoint is provided, localhost will be used. If multiple endpoints are provided, first endpoint will be used.",
        [CHECK_COMPACT, CHECK_DEFRAG,
        text("load", "s", "The datascale check's workload model. Accepted workloads: s(small), m(medium), l(large), xl(xLarge)"),
        text("prefix", "/etcdctl-check-datascale/", "The prefix for writing the datascale check's keys.")];
    "check perf" "[options]": "Check the performance of the etcd cluster",
        [CHECK_COMPACT, CHECK_DEFRAG,
        text("load", "s", "The performance check's workload model. Accepted workloads: s(small), m(medium), l(large), xl(xLarge)"),
        text("prefix", "/etcdctl-check-perf/", "The prefix for writing the performance check's keys.")];
    "compaction" "[options] <revision>": "Compacts the event history in etcd",
        [Flag::boolean("physical", "'true' to wait for compaction to physically remove all old revisions")];
    "completion" "": "Generate the autocompletion script for the specified shell", about COMPLETION_ABOUT;
    "completion bash" "": "Generate the autocompletion script for bash";
    "completion fish" "": "Generate the autocompletion script for fish";
    "completion powershell" "": "Generate the autocompletion script for powershell";
    "completion zsh" "": "Generate the autocompletion script for zsh";
    "defrag" "": "Defragments the storage of the etcd members with given endpoints",
        [Flag::boolean("cluster", "use all endpoints from the cluster member list"),
        text("data-dir", "", "Optional. If present, defragments a data directory not in use by etcd.")];
    "del" "[options] <key> [range_end]": "Removes the specified key or range of keys [key, range_end)",
        [Flag::boolean("from-key", "delete keys that are greater than or equal to the given key using byte compare"),
        Flag::boolean("prefix", "delete keys with matching prefix"),
        Flag::boolean("prev-kv", "return deleted key-value pairs")];
    "elect" "<election-name> [proposal]": "Observes and participates in leader election",
        [Flag::boolean("listen", "observation mode").short('l')];
    "endpoint" "<subcommand>": "Endpoint related commands",
        [Flag::boolean("cluster", "use all endpoints from the cluster member list")];
    "endpoint hashkv" "": "Prints the KV history hash for each endpoint in --endpoints",
        [Flag::new("rev", Kind::Int, "0", "maximum revision to hash (default: all revisions)")];
    "endpoint health" "": "Checks the healthiness of endpoints specified in `--endpoints` flag";
    "endpoint status" "": "Prints out the status of endpoints specified in `--endpoints` flag", about STATUS_ABOUT;
    "get" "[options] <key> [range_end]": "Gets the key or a range of keys",
        [text("consistency", "l", "Linearizable(l) or Serializable(s)"),
        Flag::boolean("from-key", "Get keys that are greater than or equal to the given key using byte compare"),
        Flag::boolean("keys-only", "Get only the keys"),
        Flag::new("limit", Kind::Int, "0", "Maximum number of results"),
        text("order", "", "Order of results; ASCEND or DESCEND (ASCEND by default)"),
        Flag::boolean("prefix", "Get keys with matching prefix"),
        Flag::boolean("print-value-only", "Only write values when using the \"simple\" output format"),
        Flag::new("rev", Kind::Int, "0", "Specify the kv revision"),
        text("sort-by", "", "Sort target; CREATE, KEY, MODIFY, VALUE, or VERSION")];
    "help" "[command]": "Help about any command", about HELP_ABOUT;
    "lease" "<subcommand>": "Lease related commands";
    "lease grant" "<ttl>": "Creates leases";
    "lease keep-alive" "[options] <leaseID>": "Keeps leases alive (renew)",
        [Flag::boolean("once", "Resets the keep-alive time to its original value and exits immediately")];
    "lease list" "": "List all active leases";
    "lease revoke" "<leaseID>": "Revokes leases";
    "lease timetolive" "<leaseID> [options]": "Get lease information",
        [Flag::boolean("keys", "Get keys attached to this lease")];
    "lock" "<lockname> [exec-command arg1 arg2 ...]": "Acquires a named lock",
        [Flag::new("ttl", Kind::Int, "10", "timeout for session")];
    "make-mirror" "[options] <destination>": "Makes a mirror at the destination etcd cluster",
        [text("dest-cacert", "", "Verify certificates of TLS enabled secure servers using this CA bundle"),
        text("dest-cert", "", "Identify secure client using this TLS certificate file for the destination cluster"),
        Flag::new("dest-insecure-transport", Kind::Bool, "true", "Disable transport security for client connections"),
        text("dest-key", "", "Identify secure client using this TLS key file"),
        text("dest-prefix", "", "destination prefix to mirror a prefix to a different prefix in the destination cluster"),
        Flag::boolean("no-dest-prefix", "mirror key-values to the root of the destination cluster"),
        text("prefix", "", "Key-value prefix to mirror")];
    "member" "<subcommand>": "Membership related commands";
    "member add" "<memberName> [options]": "Adds a member into the cluster",
        [Flag::boolean("learner", "indicates if the new member is raft learner"),
        text("peer-urls", "", "comma separated peer URLs for the new member.")];
    "member list" "": "Lists all members in the cluster", about MEMBERS_ABOUT;
    "member promote" "<memberID>": "Promotes a non-voting member in the cluster",
        about "Promotes a non-voting learner member to a voting one in the cluster.";
    "member remove" "<memberID>": "Removes a member from the cluster";
    "member update" "<memberID> [options]": "Updates a member in the cluster",
        [text("peer-urls", "", "comma separated peer URLs for the updated member.")];
    "migrate" "": "Migrates keys in a v2 store to a mvcc store",
        [text("data-dir", "", "Path to the data directory"),
        Flag::boolean("no-ttl", "Do not convert TTL keys"),
        text("transformer", "", "Path to the user-provided transformer program"),
        text("wal-dir", "", "Path to the WAL directory")];
    "move-leader" "<transferee-member-id>": "Transfers leadership to another etcd cluster member.";
    "put" "[options] <key> <value> (<value> can also be given from stdin)": "Puts the given key into the store", about PUT_ABOUT,
        [Flag::boolean("ignore-lease", "updates the key using its current lease"),
        Flag::boolean("ignore-value", "updates the key using its current value"),
        text("lease", "0", "lease ID (in hexadecimal) to attach to the key"),
        Flag::boolean("prev-kv", "return the previous key-value pair before modification")];
    "role" "<subcommand>": "Role related commands";
    "role add" "<role name>": "Adds a new role";
    "role delete" "<role name>": "Deletes a role";
    "role get" "<role name>": "Gets detailed information of a role";
    "role grant-permission" "[options] <role name> <permission type> <key> [endkey]": "Grants a key to a role",
        [Flag::boolean("from-key", "grant a permission of keys that are greater than or equal to the given key using byte compare"),
        Flag::boolean("prefix", "grant a prefix permission")];
    "role list" "": "Lists all roles";
    "role revoke-permission" "<role name> <key> [endkey]": "Revokes a key from a role",
        [Flag::boolean("from-key", "revoke a permission of keys that are greater than or equal to the given key using byte compare"),
        Flag::boolean("prefix", "revoke a prefix permission")];
    "snapshot" "<subcommand>": "Manages etcd node snapshots";
    "snapshot restore" "<filename> [options]": "Restores an etcd member snapshot to an etcd directory",
        [text("data-dir", "", "Path to the data directory"),
        text("initial-advertise-peer-urls", "http://localhost:2380", "List of this member's peer URLs to advertise to the rest of the cluster"),
        text("initial-cluster", "default=http://localhost:2380", "Initial cluster configuration for restore bootstrap"),
        text("initial-cluster-token", "etcd-cluster", "Initial cluster token for the etcd cluster during restore bootstrap"),
        text("name", "default", "Human-readable name for this member"),
        Flag::boolean("skip-hash-check", "Ignore snapshot integrity hash value (required if copied from data directory)"),
        text("wal-dir", "", "Path to the WAL directory (use --data-dir if none given)")];
    "snapshot save" "<filename>": "Stores an etcd node backend snapshot to a given file";
    "snapshot status" "<filename>": "Gets backend snapshot status of a given file", about SNAPSHOT_ABOUT;
    "txn" "[options]": "Txn processes all the requests in one transaction",
        [Flag::boolean("interactive", "Input transaction in interactive mode").short('i')];
    "user" "<subcommand>": "User related commands";
    "user add" "<user name or user:password> [options]": "Adds a new user",
        [INTERACTIVE, text("new-user-password", "", "Supply password from the command line flag"),
        Flag::boolean("no-password", "Create a user without password (CN based auth only)")];
    "user delete" "<user name>": "Deletes a user";
    "user get" "<user name> [options]": "Gets detailed information of a user",
        [Flag::boolean("detail", "Show permissions of roles granted to the user")];
    "user grant-role" "<user name> <role name>": "Grants a role to a user";
    "user list" "": "Lists all users";
    "user passwd" "<user name> [options]": "Changes password of user",
        [Flag::new("interactive", Kind::Bool, "true", "If true, read password from stdin instead of interactive terminal")];
    "user revoke-role" "<user name> <role name>": "Revokes a role from a user";
    "version" "": "Prints the version of etcdctl";
    "watch" "[options] [key or prefix] [range_end] [--] [exec-command arg1 arg2 ...]": "Watches events stream on keys or prefixes",
        [Flag::boolean("interactive", "Interactive mode").short('i'),
        Flag::boolean("prefix", "Watch on a prefix if prefix is set"),
        Flag::boolean("prev-kv", "get the previous key-value pair before the event happens"),
        Flag::new("rev", Kind::Int, "0", "Revision to start watching")];
}
