//! What `help` prints, and what completion offers.

use std::fmt::Write as _;

/// What there is to say of a command.
pub(super) struct Topic {
    pub(super) name: &'static str,
    /// The heading that it stands under.
    group: &'static str,
    /// How it is typed, one form a line.
    usage: &'static [&'static str],
    /// What it does, in a few words.
    what: &'static str,
    /// What else there is to know.
    more: &'static str,
    /// Lines that can be typed.
    pub(super) examples: &'static [&'static str],
    /// Words that may stand behind its name, beside nodes.
    pub(super) words: &'static [&'static str],
}

const NODES: &str = "Nodes are n1 n2 … (or n1,n2), leader, followers, all.";

const CONDITIONS: &str = "\
Conditions, which `and' joins and `not' turns round:
  leader | leader NODE | no leader | leader changes
  term | commit | applied | last | synced | snapshot | revision   (or: commit index, …)
      = != > >= < <= NUMBER [on NODE|leader|all]   (without `on': the highest of all)
  event = != > >= < <= NUMBER                      of the last event, as in `trace'
  time = != > >= < <= TIME                         since the run began
  NODE is up|down|paused|removed|ROLE              role NODE ROLE
  value KEY = VALUE [on NODE|leader|all]           value KEY missing [on …]
  request NUMBER answered
  a promise is broken | no promise is broken       (of Raft's five; `show' says which)
  quiet        no request is open, and all that run have applied the same log
`on all' is all nodes that run.";

const LINKS: &str = "\
Links are `n1 n2' (both directions, between each two of the nodes), `n1 > n2' (one
direction), `n3' (all of n3's), `all'.";

macro_rules! topic {
    ($group:literal, $name:literal, [$($usage:literal),+], $what:literal, $more:expr,
     [$($example:literal),*], [$($word:literal),*]) => {
        Topic {
            name: $name,
            group: $group,
            usage: &[$($usage),+],
            what: $what,
            more: $more,
            examples: &[$($example),*],
            words: &[$($word),*],
        }
    };
}

/// Every command of the lab and of its shell.
#[rustfmt::skip] // One command a paragraph reads as the table that it is.
pub(super) const TOPICS: &[Topic] = &[
    topic!("nodes", "kill", ["kill NODES", "kill [-9] %JOB"], "crash nodes: memory and unsynced writes are lost",
        "Nodes are n1 n2 … (or n1,n2), leader, followers, all. `kill %1' ends a command that was\nbegun with `&', as Ctrl-C does; with -9 it can tidy nothing up.", ["kill n3", "kill leader", "kill n1 n2", "kill all"], ["leader", "followers", "all"]),
    topic!("nodes", "restart", ["restart NODES"], "start nodes that are down",
        NODES, ["restart n3", "restart all"], ["all"]),
    topic!("nodes", "pause", ["pause NODES"], "stop their processes for a while",
        "A paused node keeps its memory; messages wait for it, and its clock goes on.",
        ["pause leader"], ["leader", "followers", "all"]),
    topic!("nodes", "resume", ["resume NODES"], "let them go on", NODES, ["resume all"], ["all"]),
    topic!("nodes", "disk", ["disk NODES sync TIME..TIME|slow|full|ok|lies|honest"], "how their disks behave",
        "A full disk stops a node that has to write. A disk that lies says that a write is\nsafe when it is not. `ok' ends full, `honest' ends lies; `slow' is sync 400ms..800ms.",
        ["disk n2 sync 10ms..30ms", "disk n2 slow", "disk n2 full", "disk n2 ok", "disk n2 lies", "disk n2 honest"],
        ["sync", "slow", "full", "ok", "lies", "honest", "all"]),
    topic!("nodes", "wipe", ["wipe NODES"], "empty the disks of nodes that are down", NODES, ["wipe n3"], ["all"]),
    topic!("nodes", "restore", ["restore FILE [NODES]"], "make a new cluster from a snapshot",
        "The file is one that `etcdctl snapshot save' wrote, or that was brought in. The nodes are\ndown, all that are unless some are named; their disks are emptied first. It is what\n`etcdctl snapshot restore' does for one node after the other; `restart' starts them.",
        ["restore backup.db", "restore backup.db n1 n2 n3"], ["all"]),
    topic!("nodes", "clock", ["clock NODES rate +20%", "clock NODES jump 5s", "clock NODES fast|slow|right"], "how their clocks go",
        "The rate is that beside true time: fast is +100%, slow -50%, right 0%. A clock jumps ahead,\nby 1 to 1000 of its ticks.",
        ["clock n2 rate +20%", "clock n2 rate -5%", "clock n2 jump 5s", "clock n2 fast", "clock n2 right"],
        ["rate", "jump", "fast", "slow", "right", "all"]),

    topic!("network", "partition", ["partition NODES | NODES …", "partition leader-alone|minority|bridge|thirds"], "cut the links between groups, heal the others",
        "A node in two groups is a bridge; one in none is alone. `rest' is everybody else.\n`minority' has the leader in it; `bridge' has one node in the middle of two sides.",
        ["partition n1 n2 | n3 n4 n5", "partition n1,n2|n3,n4,n5", "partition leader | rest", "partition n1 n2 n3 | n3 n4 n5",
        "partition minority"],
        ["leader", "rest", "leader-alone", "minority", "bridge", "thirds"]),
    topic!("network", "cut", ["cut NODE NODE", "cut NODE > NODE", "cut NODE"], "cut links: what is sent is lost",
        LINKS, ["cut n1 n2", "cut n1 > n2", "cut n1 -> n2", "cut n3", "cut leader > followers"],
        ["leader", "followers", "all"]),
    topic!("network", "heal", ["heal", "heal NODE NODE", "heal NODE > NODE"], "heal every link, or some",
        LINKS, ["heal", "heal n1 n2", "heal n1 > n2"], ["all", "leader", "followers"]),
    topic!("network", "link", ["link LINKS latency 40ms..120ms [even|bell|long-tail]",
        "link LINKS loss|duplicate|reorder 5%", "link LINKS bandwidth 10kB/s|unlimited", "link LINKS slow|lossy"], "how links behave",
        "Links are as `help cut' says. `slow' is latency 500ms..1s, `lossy' is loss 30%.", ["link n1 n2 latency 40ms..120ms", "link n1 > n2 latency 40ms..120ms long-tail loss 5%",
        "link all loss 5%", "link n1 n2 duplicate 1%", "link n1 n2 reorder 2%", "link all bandwidth 10kB/s",
        "link n1 n2 slow"],
        ["slow", "lossy", "latency", "loss", "duplicate", "reorder", "bandwidth", "all", "leader", "followers"]),
    topic!("network", "message", ["message NUMBER deliver|drop|duplicate|delay TIME|hold|release"], "the fate of a message under way",
        "The number is that of the event with which it left; `messages' lists them.",
        ["message 812 deliver", "message 812 drop", "message 812 duplicate", "message 812 delay 2s",
        "message 812 hold", "message 812 release"], ["deliver", "drop", "duplicate", "delay", "hold", "release"]),
    topic!("network", "clients", ["clients COUNT [keys K] [reads 50%] [serializable 10%] [think TIME..TIME|rate N/s] [timeout TIME]", "clients off"],
        "clients that work by themselves", "Each sends a request, waits for its end, thinks, and sends the next. A rate is that of all\ntogether at most: so long do they think, and an answer takes its time.",
        ["clients 3", "clients 3 keys 10 reads 50% think 200ms..2s", "clients 4 rate 10/s", "clients off"],
        ["off", "keys", "reads", "serializable", "think", "rate", "timeout"]),

    topic!("raft", "campaign", ["campaign NODES"], "stand for election now", NODES, ["campaign n2"], ["followers"]),
    topic!("raft", "election-timeout", ["election-timeout NODES TICKS"], "their election timeout in this term",
        "From election-ticks to twice that, less one; 10 to 19 unless that was set.",
        ["election-timeout n2 15"], ["followers", "all"]),
    topic!("raft", "transfer", ["transfer NODE"], "ask the leader to let a node lead", "", ["transfer n3"], []),
    topic!("raft", "set", ["set NODES SETTING VALUE …"], "settings, from the next start on",
        "Settings: pre-vote and check-quorum on|off, read-mode read-index|lease, election-ticks,\nheartbeat-ticks, snapshot-entries, catch-up-entries, max-inflight, max-message-size 1MiB,\nquota 64MiB, tick 100ms.",
        ["set n2 pre-vote on", "set all check-quorum off", "set n2 read-mode lease", "set n2 snapshot-entries 100",
        "set n2 catch-up-entries 5", "set n2 max-inflight 64", "set n2 max-message-size 1MiB",
        "set all election-ticks 10 heartbeat-ticks 1"],
        ["pre-vote", "check-quorum", "read-mode", "election-ticks", "heartbeat-ticks", "snapshot-entries",
        "catch-up-entries", "max-inflight", "max-message-size", "quota", "tick", "on", "off", "read-index", "lease", "all"]),
    topic!("raft", "join", ["join NODE"], "start a new machine that waits to be added",
        "It has an empty disk, and does nothing until a leader knows it as a member. A node of\nanother cluster may join, too, once it is down and wiped.", ["join n6"], []),
    topic!("raft", "member", ["member add NODE [--learner] [on NODE]", "member remove|promote NODE [on NODE]",
        "member update NODE URL[,URL…] [on NODE]", "member list [on NODE]"],
        "change who belongs to the cluster, as etcd does",
        "Asked is the prompt's node, or that behind `on'. A node is found by its address or name\nin the list that the asked one has. Add a node first, and start it with `join' then. An\nupdate changes what the list says; messages find the machine all the same.",
        ["member add n6", "member add n6 --learner", "member promote n6", "member remove n5 on n1",
        "member update n2 http://n2.example.org:2380", "member list"],
        ["add", "remove", "promote", "update", "list", "--learner", "on"]),
    topic!("raft", "reconfigure", ["reconfigure NODES [learners NODES] [on NODE]"], "propose another set of voters",
        "In one go, through a joint configuration wherever more than one voter changes. The\nleader proposes it, or the node behind `on'.",
        ["reconfigure n3 n4 n5", "reconfigure n1 n2 n3 learners n4", "reconfigure n1 n2 on n3"], ["learners", "on", "all"]),

    topic!("time", "run", ["run TIME"], "let time pass", "", ["run 3s", "run 500ms"], []),
    topic!("time", "step", ["step [COUNT] [event|message|role|commit|request] [within TIME]"], "until so many of these have happened",
        "What happens in one instant is not divided. 60 s at most unless `within' says else.",
        ["step", "step 5", "step 3 message", "step role within 10s", "step 2 commits"],
        ["event", "message", "role", "commit", "request", "within"]),
    topic!("time", "until", ["until CONDITION [within TIME]"], "let time pass until something holds", CONDITIONS,
        ["until leader", "until leader changes", "until no leader within 10s", "until commit >= 9 on n2",
        "until value /k = v on all and quiet", "until term > 3", "until request 7 answered", "until role n3 candidate",
        "until a promise is broken within 5s", "until event >= 900", "until time >= 30s"],
        ["leader", "no", "not", "event", "time", "term", "commit", "applied", "last", "synced", "snapshot", "revision", "role", "value",
        "request", "quiet", "a", "promise", "broken", "changes", "on", "and", "within", "all", "is"]),
    topic!("time", "expect", ["expect CONDITION"], "fail unless something holds now", CONDITIONS,
        ["expect leader n2", "expect not value /k = v on n2", "expect n3 is down", "expect revision >= 5 on all",
        "expect no promise is broken", "expect time < 1m"],
        ["leader", "no", "not", "event", "time", "term", "commit", "applied", "last", "synced", "snapshot", "revision", "role", "value",
        "request", "quiet", "promise", "broken", "on", "and", "all", "is"]),

    topic!("looking", "show", ["show"], "the state of every node, and of the promises", "", ["show"], []),
    topic!("looking", "log", ["log NODE [COUNT]"], "the last entries of a node's log", "", ["log n2", "log leader 5"], ["leader"]),
    topic!("looking", "messages", ["messages [COUNT]"], "the messages under way", "", ["messages", "messages 5"], []),
    topic!("looking", "trace", ["trace [COUNT]"], "the last events, one a line", "", ["trace", "trace 50"], []),
    topic!("looking", "why", ["why EVENT"], "what caused an event, back to an action or a timer", "", ["why 12"], []),

    topic!("shell", "sleep", ["sleep SECONDS"], "wait, in the cluster's time", "As GNU sleep: 0.5, 3, 2m.", [], []),
    topic!("shell", "timeout", ["timeout SECONDS COMMAND"], "end a command after a while, with status 124",
        "As GNU timeout: 2, 0.5, 1m; --preserve-status, -k and -s are taken.", [], ["etcdctl", "until"]),
    topic!("shell", "wait", ["COMMAND &", "wait [%JOB]"], "go on, and wait for what was begun so",
        "Without a job, for all of them. Jobs are numbered as they begin, from 1.", [], []),
    topic!("shell", "jobs", ["jobs"], "the commands that run beside the prompt", "", [], []),
    topic!("shell", "fg", ["fg [%JOB]"], "wait for one of them", "", [], []),
    topic!("shell", "clear", ["clear"], "empty this console", "", ["clear"], []),
    topic!("shell", "help", ["help [COMMAND]"], "this list, or more about a command", "", ["help", "help cut"], []),
];

/// What stands above the lab's own commands.
const ETCDCTL: &str = "\
etcdctl put KEY VALUE       write a key
etcdctl get KEY             read a key (--prefix, --rev N, --consistency=s, …)
etcdctl del KEY             delete a key
etcdctl watch KEY &         hear of changes beside the prompt; `jobs', `kill %1'
etcdctl --help              all commands: txn, lease, lock, elect, member, …
etcdctl COMMAND --help      everything that a command takes
etcdctl --endpoints n2 …    ask another node than the prompt's
";

/// The width of the first column of the list.
const WIDTH: usize = 26;

/// The text of `help`.
pub(super) fn list() -> String {
    let mut text = ETCDCTL.to_owned();
    let mut group = "";
    for topic in TOPICS {
        if topic.group != group {
            group = topic.group;
            text.push('\n');
        }
        let short = topic.usage[0];
        let short = match short.chars().count() <= WIDTH {
            true => short.to_owned(),
            false => format!("{} …", topic.name),
        };
        let _infallible = writeln!(text, "{short:WIDTH$}  {}", topic.what);
    }
    text.push_str("\n`help COMMAND' says more.");
    text
}

/// The text of `help COMMAND`; `None` if there is no such command.
pub(super) fn about(name: &str) -> Option<String> {
    if name == "etcdctl" {
        return Some(ETCDCTL.to_owned());
    }
    let topic = topic(name)?;
    let mut text = String::new();
    for usage in topic.usage {
        let _infallible = writeln!(text, "{usage}");
    }
    let _infallible = writeln!(text, "  {}", topic.what);
    if !topic.more.is_empty() {
        let _infallible = writeln!(text, "\n{}", topic.more);
    }
    if !topic.examples.is_empty() {
        let _infallible = writeln!(text, "\nFor example:");
    }
    for example in topic.examples {
        let _infallible = writeln!(text, "  {example}");
    }
    Some(text)
}

/// A command of this name.
pub(super) fn topic(name: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|topic| topic.name == name)
}
