// SPDX-License-Identifier: Apache-2.0
// LOGIN and AUTHENTICATE (RFC 9051 §6.2).
#include "base/event.h"
#include "base/event_keys.h"
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

Task<void> Session::run_command(imap::Authenticate command) {
  mechanism_ = command.mechanism;
  exchange_.emplace(state_.channel() == imap::ChannelSecurity::kEncrypted
                        ? sasl::ChannelSecurity::kEncrypted
                        : sasl::ChannelSecurity::kPlain);
  std::optional<std::string_view> initial;
  if (command.initial) initial = command.initial->reveal();
  co_await exchange(exchange_->begin(command.mechanism, initial));
}

Task<Session::Flow> Session::take_line(std::string_view text) {
  if (!exchange_) co_return Flow::kGoOn;
  co_await exchange(exchange_->line(text));
  co_return Flow::kGoOn;
}

Task<void> Session::exchange(sasl::Exchanged step) {
  if (const auto* challenge = std::get_if<sasl::SendChallenge>(&step)) {
    imap::append_continuation(out_, challenge->base64);
    reader_.read_line(exchange_->line_octets_max());
    co_return;
  }
  exchange_.reset();
  if (const auto* failure = std::get_if<sasl::Failed>(&step)) {
    switch (failure->failure) {
      case sasl::Failure::kNeedsTls: no(failure->text, "PRIVACYREQUIRED"); break;
      case sasl::Failure::kUnknown: no(failure->text, "CANNOT"); break;
      default: bad(failure->text); break;
    }
    co_return;
  }
  auto& verify = std::get<sasl::VerifyPassword>(step);
  if (!verify.authzid.empty() && verify.authzid != verify.authcid) {
    no("nobody acts for another here", "AUTHORIZATIONFAILED");
    co_return;
  }
  co_await log_in(std::move(verify.authcid), std::move(verify.password), mechanism_);
}

Task<void> Session::log_in(std::string user, Secret password, std::string_view mechanism) {
  const std::string how(mechanism);
  const auto account = co_await ports_.directory.verify_password(
      directory::login_address(user, options_.default_domain), std::move(password));
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
  co_await make_ready(**account);
}

Task<void> Session::make_ready(directory::Account account) {
  auto opened = co_await ports_.mailboxes.open(account.id);
  if (!opened) co_return failed(opened.error());
  account_ = *std::move(opened);
  const auto made = co_await account_->make_default_mailboxes();
  // A full disk must not keep people from reading their mail: the mailboxes are made another time.
  if (!made) event::error("imap.mailboxes", {{key::kError, made.error().text}});
  event::debug("imap.login", {{key::kClient, client_}, {key::kAccount, account.address}});
  who_ = std::move(account);
  state_.authenticated();
  reader_.set_state(state_.state());
  ok("logged in", "CAPABILITY " + capabilities());
}

}  // namespace hikyaku::imap_server
