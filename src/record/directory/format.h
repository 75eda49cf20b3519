// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"
#include "record/directory/address.h"
#include "record/directory/directory.h"

/// Keys and values of the directory in the store: docs/formats/directory.md.
namespace hikyaku::directory::format {

/// The number of changes so far: each change checks and raises it, so that changes follow one
/// another.
[[nodiscard]] std::string generation_key();
[[nodiscard]] std::string next_account_key();
[[nodiscard]] std::string encode_number(std::uint64_t number);
[[nodiscard]] Result<std::uint64_t> decode_number(const std::optional<std::string>& value);

[[nodiscard]] std::string domain_key(std::string_view domain);
[[nodiscard]] std::string domains_prefix();
[[nodiscard]] std::string encode(const Domain& domain);
[[nodiscard]] Result<Domain> decode_domain(std::string_view key, std::string_view value);

[[nodiscard]] std::string address_key(std::string_view folded_local, std::string_view domain);
/// All addresses of a domain; of all domains when it is empty.
[[nodiscard]] std::string addresses_prefix(std::string_view domain);
/// "local@domain" of an address key; empty when it is none.
[[nodiscard]] std::string address_of(std::string_view key);

/// What an address is.
using Entry = std::variant<Account, Alias>;
[[nodiscard]] std::string encode(const Entry& entry);
[[nodiscard]] Result<Entry> decode_entry(std::string_view key, std::string_view value);

[[nodiscard]] std::string account_key(AccountId id);
[[nodiscard]] std::string accounts_prefix();
[[nodiscard]] std::optional<AccountId> parse_account_key(std::string_view key);
[[nodiscard]] std::string encode_address(std::string_view address);
[[nodiscard]] Result<std::string> decode_address(std::string_view value);

[[nodiscard]] std::string password_key(AccountId id);
[[nodiscard]] std::string passwords_prefix();
[[nodiscard]] std::optional<AccountId> parse_password_key(std::string_view key);
[[nodiscard]] std::string encode(const Credentials& credentials);
/// Reads the format before too, which has the hash alone.
[[nodiscard]] Result<Credentials> decode_credentials(std::string_view value);

/// What made-up keys are made from (an octet string, encode_address()).
[[nodiscard]] std::string decoy_key();

}  // namespace hikyaku::directory::format
