//! Which function makes a plan of a line, for each command that has something to work on here.

use super::super::output::Finished;
use super::given::Given;
use super::plan::Plan;
use super::{auth, cluster, concurrency, each, kv, lease, maintenance, perf, snapshot, txn, watch};

/// Makes a plan of a line, or says what is wrong with it.
type Planner = fn(&Given<'_>) -> Result<Plan, Finished>;

/// The planner of the command with this path.
pub(super) fn of(path: &str) -> Option<Planner> {
    Some(match path {
        "alarm disarm" => maintenance::alarm_disarm,
        "alarm list" => maintenance::alarm_list,
        "auth disable" => auth::disable,
        "auth enable" => auth::enable,
        "check perf" => perf::plan,
        "compaction" => kv::compaction,
        "defrag" => each::defrag,
        "del" => kv::del,
        "elect" => concurrency::elect,
        "endpoint hashkv" => each::hash_kv,
        "endpoint health" => each::health,
        "endpoint status" => each::status,
        "get" => kv::get,
        "lease grant" => lease::grant,
        "lease keep-alive" => lease::keep_alive,
        "lease list" => lease::list,
        "lease revoke" => lease::revoke,
        "lease timetolive" => lease::time_to_live,
        "lock" => concurrency::lock,
        "member add" => cluster::add,
        "member list" => cluster::list,
        "member promote" => cluster::promote,
        "member remove" => cluster::remove,
        "member update" => cluster::update,
        "move-leader" => maintenance::move_leader,
        "put" => kv::put,
        "role add" => auth::role_add,
        "role delete" => auth::role_delete,
        "role get" => auth::role_get,
        "role grant-permission" => auth::role_grant,
        "role list" => auth::role_list,
        "role revoke-permission" => auth::role_revoke,
        "snapshot restore" => snapshot::restore,
        "snapshot save" => snapshot::save,
        "snapshot status" => snapshot::status,
        "txn" => txn::plan,
        "user add" => auth::user_add,
        "user delete" => auth::user_delete,
        "user get" => auth::user_get,
        "user grant-role" => auth::user_grant,
        "user list" => auth::user_list,
        "user passwd" => auth::user_password,
        "user revoke-role" => auth::user_revoke,
        "version" => maintenance::version,
        "watch" => watch::plan,
        _ => return None,
    })
}
