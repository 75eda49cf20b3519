// SPDX-License-Identifier: Apache-2.0
// AUTH (RFC 4954).
#include "base/event.h"
#include "base/event_keys.h"
#include "protocol/smtp/reason.h"
#include "server/smtp/session.h"

namespace hikyaku::smtp_server {
namespace {

namespace key = event::key;
namespace reason = smtp::reason;

const smtp::Reason& reason_for(login::Why why) {
  switch (why) {
    case login::Why::kWrong: return reason::kAuthFailed;
    case login::Why::kBinding: return reason::kAuthBinding;
    case login::Why::kCancelled: return reason::kAuthCancelled;
    case login::Why::kTooLong: return reason::kAuthLineLong;
    case login::Why::kUnknown: return reason::kAuthMechanism;
    case login::Why::kNeedsTls: return reason::kAuthNeedsTls;
    case login::Why::kMalformed: return reason::kAuthMalformed;
    case login::Why::kBackend: return reason::kAuthBackend;
  }
  return reason::kAuthFailed;
}

}  // namespace

Task<void> Session::begin_login(smtp::NeedAuth question) {
  login_.emplace(ports_.directory, options_.login, login::channel_of(*stream_), ports_.clock.now());
  auto outcome = login_->start(question.mechanism, question.initial);
  origin_.mechanism = login_->mechanism();
  answer_login(co_await std::move(outcome));
}

Task<void> Session::continue_login(std::string_view octets) {
  HK_ASSERT(login_.has_value());
  answer_login(co_await login_->respond(octets));
}

void Session::answer_login(login::Outcome outcome) {
  if (const auto* challenge = std::get_if<login::Challenge>(&outcome)) {
    smtp_.challenge(challenge->octets);
    return;
  }
  login_.reset();
  if (auto* accepted = std::get_if<login::Accepted>(&outcome)) {
    origin_.account = std::move(accepted->account);
    event::debug("smtp.login", {{key::kClient, origin_.client_address},
                                {key::kAccount, origin_.account->address},
                                {key::kMechanism, origin_.mechanism}});
    smtp_.authenticated();
    return;
  }
  const auto& refused = std::get<login::Refused>(outcome);
  if (refused.why == login::Why::kBackend) {
    event::warn("smtp.directory", {{key::kError, refused.reason}});
  } else if (login::is_guess(refused.why)) {
    event::info("smtp.login_failed", {{key::kClient, origin_.client_address},
                                      {key::kAccount, refused.user},
                                      {key::kMechanism, origin_.mechanism},
                                      {key::kReason, refused.reason}});
  }
  smtp_.refuse(smtp::refusal(reason_for(refused.why)));
}

}  // namespace hikyaku::smtp_server
