// SPDX-License-Identifier: Apache-2.0
#include "service/login/login.h"

#include "port/crypto/sasl/sasl_crypto.h"
#include "record/directory/login_name.h"

namespace hikyaku::login {
namespace {

Why why_of(sasl::Failure failure) {
  switch (failure) {
    case sasl::Failure::kMalformed: return Why::kMalformed;
    case sasl::Failure::kCancelled: return Why::kCancelled;
    case sasl::Failure::kTooLong: return Why::kTooLong;
    case sasl::Failure::kUnknown: return Why::kUnknown;
    case sasl::Failure::kNeedsTls: return Why::kNeedsTls;
    case sasl::Failure::kWrong: return Why::kWrong;
    case sasl::Failure::kBinding: return Why::kBinding;
  }
  return Why::kWrong;
}

constexpr std::string_view kWrongText = "address or password is wrong";

Refused backend(const Error& error) {
  return {.why = Why::kBackend,
          .text = "logins can not be checked now, try again",
          .user = {},
          .reason = error.text};
}

/// RFC 4422 §3.4.1: empty is the name that logs in.
bool for_itself(std::string_view authzid, std::string_view authcid) {
  return authzid.empty() || authzid == authcid;
}

Outcome acts_for_another(std::string user) {
  return Refused{.why = Why::kWrong,
                 .text = "nobody acts for another here",
                 .user = std::move(user),
                 .reason = "acts for another"};
}

}  // namespace

sasl::Channel channel_of(const net::Stream& stream, Trust trust) {
  sasl::Channel out;
  if (stream.tls()) {
    auto bindings = stream.channel_bindings();
    out.security = sasl::ChannelSecurity::kEncrypted;
    out.bindings = {.tls_exporter = std::move(bindings.tls_exporter),
                    .tls_server_end_point = std::move(bindings.tls_server_end_point)};
  } else if (trust == Trust::kNetwork) {
    out.security = sasl::ChannelSecurity::kEncrypted;
  }
  return out;
}

Login::Login(directory::Directory& directory, const Options& options, sasl::Channel channel,
             UnixTime now)
    : directory_(directory),
      options_(options),
      exchange_({.channel = std::move(channel),
                 .allowed = options.allowed,
                 .host = options.host,
                 .now = now,
                 .crypto = &crypto::sasl_crypto()}) {}

void Login::note(std::string_view mechanism) {
  const auto* info = sasl::find_mechanism(mechanism);
  if (info != nullptr) mechanism_ = info->name;
}

Task<Outcome> Login::begin(std::string_view mechanism, std::optional<std::string_view> initial) {
  note(mechanism);
  return settle(exchange_.begin(mechanism, initial));
}

Task<Outcome> Login::line(std::string_view text) { return settle(exchange_.line(text)); }

Task<Outcome> Login::start(std::string_view mechanism, std::optional<std::string_view> initial) {
  note(mechanism);
  return settle(exchange_.start(mechanism, initial));
}

Task<Outcome> Login::respond(std::string_view octets) { return settle(exchange_.respond(octets)); }

Task<Outcome> Login::settle(sasl::Step step) {
  for (;;) {
    Result<sasl::Step> next;
    if (auto* challenge = std::get_if<sasl::Challenge>(&step)) {
      co_return Challenge{std::move(challenge->octets)};
    } else if (auto* failed = std::get_if<sasl::Failed>(&step)) {
      co_return refuse(std::move(*failed));
    } else if (auto* password = std::get_if<sasl::VerifyPassword>(&step)) {
      co_return co_await verify(std::move(*password));
    } else if (auto* proven = std::get_if<sasl::Proven>(&step)) {
      if (!for_itself(proven->authzid, proven->authcid))
        co_return acts_for_another(std::move(proven->authcid));
      // Made-up keys fit nothing; were it otherwise, nobody has logged in all the same.
      if (!account_)
        co_return refuse({sasl::Failure::kWrong, std::string(kWrongText), proven->authcid});
      co_return Accepted{*std::move(account_)};
    } else if (auto* scram = std::get_if<sasl::FindScram>(&step)) {
      next = co_await find(std::move(*scram));
    } else {
      next = co_await find(std::get<sasl::FindCramMd5>(std::move(step)));
    }
    if (!next) co_return backend(next.error());
    step = *std::move(next);
  }
}

Task<Result<sasl::Step>> Login::find(sasl::FindScram question) {
  HK_CO_ASSIGN(auto known,
               co_await directory_.scram_keys(address_of(question.authcid), question.hash));
  account_ = std::move(known.account);
  keyless_ = known.keyless;
  co_return exchange_.answer(std::move(known.keys));
}

Task<Result<sasl::Step>> Login::find(sasl::FindCramMd5 question) {
  HK_CO_ASSIGN(auto known, co_await directory_.cram_md5_keys(address_of(question.authcid)));
  account_ = std::move(known.account);
  keyless_ = known.keyless;
  co_return exchange_.answer(known.keys);
}

Task<Outcome> Login::verify(sasl::VerifyPassword question) {
  auto account = co_await directory_.verify_password(address_of(question.authcid),
                                                     std::move(question.password));
  if (!account) co_return backend(account.error());
  if (!account->has_value())
    co_return refuse({sasl::Failure::kWrong, std::string(kWrongText), question.authcid});
  if (!for_itself(question.authzid, question.authcid))
    co_return acts_for_another(std::move(question.authcid));
  co_return Accepted{**std::move(account)};
}

Outcome Login::refuse(sasl::Failed failed) const {
  Refused out{.why = why_of(failed.failure),
              .text = std::move(failed.text),
              .user = std::move(failed.authcid),
              .reason = {}};
  if (out.why == Why::kWrong) {
    // One text for all mechanisms, users and passwords.
    out.text = kWrongText;
    if (keyless_)
      out.reason =
          "the account has no keys for this mechanism; it gains them at its next login with PLAIN "
          "or LOGIN, or when its password is set";
  } else {
    out.reason = out.text;
  }
  return out;
}

std::string Login::address_of(std::string_view name) const {
  return directory::login_address(name, options_.default_domain);
}

}  // namespace hikyaku::login
