// SPDX-License-Identifier: Apache-2.0
// LOGIN and AUTHENTICATE (RFC 9051 §6.2).
#include "base/event.h"
#include "base/event_keys.h"
#include "protocol/sasl/base64.h"
#include "record/directory/login_name.h"
#include "server/imap/session.h"

namespace hikyaku::imap_server {
namespace {

namespace key = event::key;

}  // namespace

Task<void> Session::run_command(imap::Login command) {
  if (!state_.may_send_password()) {
    no("passwords are taken over TLS only: use STARTTLS first, or port 993", "PRIVACYREQUIRED");
    co_return;
  }
  co_await log_in(std::move(command.user), std::move(command.password), "LOGIN");
}

login::Trust Session::trust() const {
  return state_.channel() == imap::ChannelSecurity::kEncrypted ? login::Trust::kNetwork
                                                               : login::Trust::kNone;
}

Task<void> Session::run_command(imap::Authenticate command) {
  login_.emplace(ports_.directory, options_.login, login::channel_of(*stream_, trust()),
                 ports_.clock.now());
  std::optional<std::string_view> initial;
  if (command.initial) initial = command.initial->reveal();
  co_await settle(co_await login_->begin(command.mechanism, initial));
}

Task<Session::Flow> Session::take_line(std::string_view text) {
  if (!login_) co_return Flow::kGoOn;
  co_await settle(co_await login_->line(text));
  co_return Flow::kGoOn;
}

Task<void> Session::settle(login::Outcome outcome) {
  if (const auto* challenge = std::get_if<login::Challenge>(&outcome)) {
    imap::append_continuation(out_, sasl::base64_encode(challenge->octets));
    reader_.read_line(login_->line_octets_max());
    co_return;
  }
  const std::string_view mechanism = login_->mechanism();
  login_.reset();
  if (auto* accepted = std::get_if<login::Accepted>(&outcome)) {
    co_await make_ready(std::move(accepted->account), mechanism);
    co_return;
  }
  const auto& refused = std::get<login::Refused>(outcome);
  if (login::is_guess(refused.why))
    event::info("imap.login_failed", {{key::kClient, client_},
                                      {key::kAccount, refused.user},
                                      {key::kMechanism, mechanism},
                                      {key::kReason, refused.reason}});
  login_refused(refused);
}

// RFC 5530 §3, RFC 9051 §6.2.2.
void Session::login_refused(const login::Refused& refused) {
  switch (refused.why) {
    case login::Why::kNeedsTls: return no(refused.text, "PRIVACYREQUIRED");
    case login::Why::kUnknown: return no(refused.text, "CANNOT");
    case login::Why::kMalformed:
    case login::Why::kCancelled:
    case login::Why::kTooLong: return bad(refused.text);
    case login::Why::kBackend:
      event::warn("imap.directory", {{key::kError, refused.reason}});
      return no(refused.text, "UNAVAILABLE");
    case login::Why::kWrong:
    case login::Why::kBinding: break;
  }
  no(refused.text, "AUTHENTICATIONFAILED");
  if (++failed_logins_ >= options_.logins_max) bye("too many failed logins");
}

Task<void> Session::log_in(std::string user, Secret password, std::string_view mechanism) {
  const std::string how(mechanism);
  const auto account = co_await ports_.directory.verify_password(
      directory::login_address(user, options_.login.default_domain), std::move(password));
  if (!account) {
    event::warn("imap.directory", {{key::kError, account.error().text}});
    no("logins can not be checked now, try again", "UNAVAILABLE");
    co_return;
  }
  if (!account->has_value()) {
    event::info("imap.login_failed",
                {{key::kClient, client_}, {key::kAccount, user}, {key::kMechanism, how}});
    no("address or password is wrong", "AUTHENTICATIONFAILED");
    if (++failed_logins_ >= options_.logins_max) bye("too many failed logins");
    co_return;
  }
  co_await make_ready(**account, how);
}

Task<void> Session::make_ready(directory::Account account, std::string_view mechanism) {
  const std::string how(mechanism);
  auto opened = co_await ports_.mailboxes.open(account.id);
  if (!opened) co_return failed(opened.error());
  account_ = *std::move(opened);
  const auto made = co_await account_->make_default_mailboxes();
  // A full disk must not keep people from reading their mail: the mailboxes are made another time.
  if (!made) event::error("imap.mailboxes", {{key::kError, made.error().text}});
  event::debug("imap.login",
               {{key::kClient, client_}, {key::kAccount, account.address}, {key::kMechanism, how}});
  who_ = std::move(account);
  state_.authenticated();
  reader_.set_state(state_.state());
  ok("logged in", "CAPABILITY " + capabilities());
}

}  // namespace hikyaku::imap_server
