// SPDX-License-Identifier: Apache-2.0
// AUTH (RFC 4954).
#include "base/event.h"
#include "base/event_keys.h"
#include "protocol/sasl/registry.h"
#include "protocol/smtp/reason.h"
#include "record/directory/login_name.h"
#include "server/smtp/session.h"

namespace hikyaku::smtp_server {
namespace {

namespace key = event::key;
namespace reason = smtp::reason;

const smtp::Reason& reason_for(sasl::Failure failure) {
  switch (failure) {
    case sasl::Failure::kCancelled: return reason::kAuthCancelled;
    case sasl::Failure::kTooLong: return reason::kAuthLineLong;
    case sasl::Failure::kUnknown: return reason::kAuthMechanism;
    case sasl::Failure::kNeedsTls: return reason::kAuthNeedsTls;
    case sasl::Failure::kMalformed: return reason::kAuthBase64;
  }
  return reason::kAuthFailed;
}

}  // namespace

Task<void> Session::begin_login(smtp::NeedAuth question) {
  const auto* mechanism = sasl::find_mechanism(question.mechanism);
  if (mechanism == nullptr) {
    smtp_.refuse(smtp::refusal(reason::kAuthMechanism));
    co_return;
  }
  login_ = mechanism->make(sasl::Limits{});
  origin_.mechanism = mechanism->name;
  co_await answer_login(login_->start(question.initial));
}

Task<void> Session::continue_login(std::string_view octets) {
  HK_ASSERT(login_ != nullptr);
  co_await answer_login(login_->step(octets));
}

Task<void> Session::answer_login(sasl::Step step) {
  if (const auto* challenge = std::get_if<sasl::Challenge>(&step)) {
    smtp_.challenge(challenge->octets);
    co_return;
  }
  login_.reset();
  if (const auto* failed = std::get_if<sasl::Failed>(&step)) {
    smtp_.refuse(smtp::refusal(reason_for(failed->failure)));
    co_return;
  }
  auto& verify = std::get<sasl::VerifyPassword>(step);
  // Nobody acts for another here: an authorization identity must be the name that logs in.
  const bool for_itself = verify.authzid.empty() || verify.authzid == verify.authcid;
  const auto account = co_await ports_.directory.verify_password(
      directory::login_address(verify.authcid, options_.default_domain),
      std::move(verify.password));
  if (!account) {
    event::warn("smtp.directory", {{key::kError, account.error().text}});
    smtp_.refuse(smtp::refusal(reason::kAuthBackend));
    co_return;
  }
  if (!account->has_value() || !for_itself) {
    event::info("smtp.login_failed", {{key::kClient, origin_.client_address},
                                      {key::kAccount, verify.authcid},
                                      {key::kMechanism, origin_.mechanism}});
    smtp_.refuse(smtp::refusal(reason::kAuthFailed));
    co_return;
  }
  origin_.account = **account;
  event::debug("smtp.login",
               {{key::kClient, origin_.client_address}, {key::kAccount, origin_.account->address}});
  smtp_.authenticated();
}

}  // namespace hikyaku::smtp_server
