//! The JSON of answers about leases: structures of Go's client (`clientv3/lease.go`).

use base64::engine::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::etcd::{Response, go_json};
use crate::json::Writer;

/// Writes such an answer. Returns whether it is one.
pub(super) fn json(out: &mut Writer, response: &Response) -> bool {
    let is_one = matches!(
        response,
        Response::LeaseGrant(_)
            | Response::LeaseKeepAlive(_)
            | Response::LeaseTimeToLive(_)
            | Response::LeaseLeases(_)
    );
    if !is_one {
        return false;
    }
    out.open_object();
    if let Some(header) = response.header() {
        go_json::header_fields(out, header);
    }
    match response {
        Response::LeaseGrant(lease) => {
            out.signed_at("ID", lease.id);
            out.signed_at("TTL", lease.ttl);
            out.string_at("Error", &lease.error);
        }
        Response::LeaseKeepAlive(lease) => {
            out.signed_at("ID", lease.id);
            out.signed_at("TTL", lease.ttl);
        }
        Response::LeaseTimeToLive(lease) => {
            out.signed_at("id", lease.id);
            out.signed_at("ttl", lease.ttl);
            out.signed_at("granted-ttl", lease.granted_ttl);
            out.name("keys");
            if lease.keys.is_empty() {
                out.null();
            } else {
                out.open_list();
                for key in &lease.keys {
                    out.string(&STANDARD.encode(key));
                }
                out.close_list();
            }
        }
        Response::LeaseLeases(list) => {
            out.name("leases");
            out.open_list();
            for lease in &list.leases {
                out.open_object();
                out.signed_at("id", lease.id);
                out.close_object();
            }
            out.close_list();
        }
        _ => {}
    }
    out.close_object();
    true
}
