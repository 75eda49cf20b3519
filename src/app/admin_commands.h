// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "app/admin.h"

namespace hikyaku::app {

// One file per group: admin_domain.cc, admin_account.cc, admin_alias.cc, admin_queue.cc,
// admin_track.cc, admin_store.cc. Each says above its functions which arguments it takes and what
// it answers.
Task<Result<Json>> domain_add(AdminPorts* ports, Json arguments);
Task<Result<Json>> domain_list(AdminPorts* ports, Json arguments);
Task<Result<Json>> domain_show(AdminPorts* ports, Json arguments);
Task<Result<Json>> domain_remove(AdminPorts* ports, Json arguments);
Task<Result<Json>> domain_catch_all(AdminPorts* ports, Json arguments);
Task<Result<Json>> account_add(AdminPorts* ports, Json arguments);
Task<Result<Json>> account_list(AdminPorts* ports, Json arguments);
Task<Result<Json>> account_show(AdminPorts* ports, Json arguments);
Task<Result<Json>> account_remove(AdminPorts* ports, Json arguments);
Task<Result<Json>> account_password(AdminPorts* ports, Json arguments);
Task<Result<Json>> alias_add(AdminPorts* ports, Json arguments);
Task<Result<Json>> alias_list(AdminPorts* ports, Json arguments);
Task<Result<Json>> alias_show(AdminPorts* ports, Json arguments);
Task<Result<Json>> alias_remove(AdminPorts* ports, Json arguments);
Task<Result<Json>> queue_list(AdminPorts* ports, Json arguments);
Task<Result<Json>> queue_sites(AdminPorts* ports, Json arguments);
Task<Result<Json>> queue_reset(AdminPorts* ports, Json arguments);
Task<Result<Json>> queue_show(AdminPorts* ports, Json arguments);
Task<Result<Json>> queue_retry(AdminPorts* ports, Json arguments);
Task<Result<Json>> queue_remove(AdminPorts* ports, Json arguments);
Task<Result<Json>> track(AdminPorts* ports, Json arguments);
Task<Result<Json>> store_check(AdminPorts* ports, Json arguments);

/// A domain as its name is kept. Errors: kPermanent for one that is not ours.
Task<Result<directory::Domain>> find_domain(AdminPorts* ports, std::string name);
/// Fails for a domain that is not ours; "" stands for all of them.
Task<Status> check_domain(AdminPorts* ports, std::string name);

/// What still leads to an address that was removed: aliases, and domains whose catch-all it is.
Task<Result<Json>> still_named_by(AdminPorts* ports, std::string address);

/// A text argument that must be there, or may be left out; a number that may be left out.
[[nodiscard]] Result<std::string> text_argument(const Json& arguments, std::string_view name);
[[nodiscard]] std::string text_argument_or(const Json& arguments, std::string_view name,
                                           std::string_view fallback);
[[nodiscard]] std::uint64_t number_argument_or(const Json& arguments, std::string_view name,
                                               std::uint64_t fallback);

/// "2026-11-24T04:28:51.123Z" (RFC 3339 §5.6).
[[nodiscard]] std::string rfc3339(UnixTime time);

}  // namespace hikyaku::app
