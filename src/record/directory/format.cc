// SPDX-License-Identifier: Apache-2.0
#include "record/directory/format.h"

#include "base/codec.h"

namespace hikyaku::directory::format {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::uint8_t kAccount = 1;
constexpr std::uint8_t kAlias = 2;
constexpr std::uint8_t kPassword = 1;

// Credentials.
constexpr std::uint8_t kCredentialsFormat = 2;
constexpr std::uint8_t kEndOfKeys = 0;
constexpr std::uint8_t kScramSha256 = 1;
constexpr std::uint8_t kScramSha1 = 2;
constexpr std::uint8_t kCramMd5 = 3;
constexpr std::uint64_t kScramIterationsMax = 100'000'000;

std::string key(char kind, std::string_view rest = {}) {
  std::string out{'D', kind};
  out.append(rest);
  return out;
}

constexpr char kGeneration = 0;
constexpr char kDomains = 1;
constexpr char kAddresses = 2;
constexpr char kAccounts = 3;
constexpr char kNextAccount = 4;
constexpr char kDecoy = 5;

std::string id_octets(AccountId id) { return std::move(Encoder().u64(id.value)).take(); }

std::optional<AccountId> parse_id_key(std::string_view whole, std::string_view prefix) {
  if (whole.size() != prefix.size() + 8 || !whole.starts_with(prefix)) return std::nullopt;
  return AccountId(Decoder(whole.substr(prefix.size())).u64());
}

std::unexpected<Error> unknown_format() {
  return retry_later("an entry of the directory has a format that is not known");
}

Result<std::string> decode_text(std::string_view value) {
  Decoder in(value);
  if (in.u8() != kFormat) return unknown_format();
  std::string out(in.string());
  HK_TRY(in.finish("an entry of the directory"));
  return out;
}

}  // namespace

std::string generation_key() { return key(kGeneration); }
std::string next_account_key() { return key(kNextAccount); }

std::string encode_number(std::uint64_t number) {
  return std::move(Encoder().u8(kFormat).u64(number)).take();
}

Result<std::uint64_t> decode_number(const std::optional<std::string>& value) {
  if (!value) return 0U;
  Decoder in(*value);
  if (in.u8() != kFormat) return unknown_format();
  const auto out = in.u64();
  HK_TRY(in.finish("a number of the directory"));
  return out;
}

std::string domain_key(std::string_view domain) { return key(kDomains, domain); }
std::string domains_prefix() { return key(kDomains); }

std::string encode(const Domain& domain) {
  return std::move(Encoder().u8(kFormat).string(domain.catch_all)).take();
}

Result<Domain> decode_domain(std::string_view whole, std::string_view value) {
  HK_ASSIGN(auto catch_all, decode_text(value));
  return Domain{std::string(whole.substr(2)), std::move(catch_all)};
}

std::string address_key(std::string_view folded_local, std::string_view domain) {
  auto out = addresses_prefix(domain);
  out.append(folded_local);
  return out;
}

std::string addresses_prefix(std::string_view domain) {
  if (domain.empty()) return key(kAddresses);
  auto out = key(kAddresses, domain);
  out.push_back('\0');  // sorts before all that a domain can hold
  return out;
}

std::string address_of(std::string_view whole) {
  if (!whole.starts_with(key(kAddresses))) return {};
  const auto end = whole.find('\0', 2);
  if (end == std::string_view::npos) return {};
  const auto domain = whole.substr(2, end - 2);
  // The last "@" of an address stands before its domain.
  if (domain.empty() || domain.contains('@')) return {};
  return std::string(whole.substr(end + 1)) + "@" + std::string(domain);
}

std::string encode(const Entry& entry) {
  Encoder out;
  out.u8(kFormat);
  if (const auto* account = std::get_if<Account>(&entry)) {
    out.u8(kAccount).u64(account->id.value).string(account->name).varint(account->quota_octets);
  } else {
    const auto& targets = std::get<Alias>(entry).targets;
    out.u8(kAlias).varint(targets.size());
    for (const auto& target : targets) out.string(target);
  }
  return std::move(out).take();
}

Result<Entry> decode_entry(std::string_view whole, std::string_view value) {
  Decoder in(value);
  if (in.u8() != kFormat) return unknown_format();
  Entry out;
  switch (in.u8()) {
    case kAccount: {
      Account account;
      account.address = address_of(whole);
      account.id = AccountId(in.u64());
      account.name = in.string();
      account.quota_octets = in.varint();
      out = std::move(account);
      break;
    }
    case kAlias: {
      Alias alias;
      alias.address = address_of(whole);
      for (auto n = in.varint(); n > 0 && in.ok(); --n) alias.targets.emplace_back(in.string());
      out = std::move(alias);
      break;
    }
    default: return unknown_format();
  }
  HK_TRY(in.finish("the directory's entry of " + address_of(whole)));
  return out;
}

std::string account_key(AccountId id) { return key(kAccounts, id_octets(id)); }
std::string accounts_prefix() { return key(kAccounts); }
std::optional<AccountId> parse_account_key(std::string_view whole) {
  return parse_id_key(whole, accounts_prefix());
}

std::string encode_address(std::string_view address) {
  return std::move(Encoder().u8(kFormat).string(address)).take();
}
Result<std::string> decode_address(std::string_view value) { return decode_text(value); }

std::string password_key(AccountId id) {
  return "K" + id_octets(id) + static_cast<char>(kPassword);
}
std::string passwords_prefix() { return "K"; }
std::optional<AccountId> parse_password_key(std::string_view whole) {
  if (!whole.ends_with(static_cast<char>(kPassword))) return std::nullopt;
  return parse_id_key(whole.substr(0, whole.size() - 1), passwords_prefix());
}

std::string encode(const Credentials& credentials) {
  Encoder out;
  out.u8(kCredentialsFormat).string(credentials.hash);
  const auto scram = [&out](std::uint8_t kind, const std::optional<sasl::ScramKeys>& keys) {
    if (!keys) return;
    out.u8(kind).string(keys->salt).varint(keys->iterations);
    out.string(keys->stored_key).string(keys->server_key);
  };
  scram(kScramSha256, credentials.scram_sha256);
  scram(kScramSha1, credentials.scram_sha1);
  if (const auto& cram = credentials.cram_md5) {
    out.u8(kCramMd5).string(cram->inner).string(cram->outer);
  }
  out.u8(kEndOfKeys);
  return std::move(out).take();
}

namespace {

std::optional<sasl::ScramKeys> read_scram(Decoder& in, sasl::Hash hash) {
  sasl::ScramKeys keys;
  keys.salt = in.string();
  const auto iterations = in.varint();
  keys.stored_key = in.string();
  keys.server_key = in.string();
  const auto octets = sasl::octets_of(hash);
  if (keys.salt.empty() || iterations == 0 || iterations > kScramIterationsMax ||
      keys.stored_key.size() != octets || keys.server_key.size() != octets)
    return std::nullopt;
  keys.iterations = static_cast<std::uint32_t>(iterations);
  return keys;
}

std::optional<sasl::CramKeys> read_cram(Decoder& in) {
  sasl::CramKeys keys;
  keys.inner = in.string();
  keys.outer = in.string();
  if (keys.inner.size() != sasl::kMd5Octets || keys.outer.size() != sasl::kMd5Octets)
    return std::nullopt;
  return keys;
}

}  // namespace

Result<Credentials> decode_credentials(std::string_view value) {
  Decoder in(value);
  Credentials out;
  const auto format = in.u8();
  if (format != kFormat && format != kCredentialsFormat) return unknown_format();
  out.hash = in.string();
  for (bool more = format == kCredentialsFormat; more && in.ok();) {
    bool good = true;
    switch (in.u8()) {
      case kEndOfKeys: more = false; break;
      case kScramSha256:
        good = (out.scram_sha256 = read_scram(in, sasl::Hash::kSha256)).has_value();
        break;
      case kScramSha1:
        good = (out.scram_sha1 = read_scram(in, sasl::Hash::kSha1)).has_value();
        break;
      case kCramMd5: good = (out.cram_md5 = read_cram(in)).has_value(); break;
      default: return unknown_format();
    }
    if (!good && in.ok()) return retry_later("the keys of a password are damaged; set it again");
  }
  HK_TRY(in.finish("the credentials of an account"));
  return out;
}

std::string decoy_key() { return key(kDecoy); }

}  // namespace hikyaku::directory::format
