// SPDX-License-Identifier: Apache-2.0
#include "base/event.h"
#include "base/event_keys.h"
#include "protocol/sasl/base64.h"
#include "record/directory/login_name.h"
#include "server/pop3/session.h"

namespace hikyaku::pop3_server {
namespace {

namespace key = event::key;

}  // namespace

Task<void> Session::settle(login::Outcome outcome) {
  if (const auto* challenge = std::get_if<login::Challenge>(&outcome)) {
    pop3_.challenge(sasl::base64_encode(challenge->octets));
    co_return;
  }
  const std::string_view mechanism = login_->mechanism();
  login_.reset();
  if (auto* accepted = std::get_if<login::Accepted>(&outcome)) {
    co_await open_maildrop(std::move(accepted->account), mechanism);
    co_return;
  }
  const auto& refused = std::get<login::Refused>(outcome);
  if (refused.why == login::Why::kBackend) {
    event::warn("pop3.directory", {{key::kError, refused.reason}});
    pop3_.login_failed(pop3::LoginFailure::kTemporary, refused.text);
  } else if (login::is_guess(refused.why)) {
    ++failed_logins_;
    event::info("pop3.login_failed", {{key::kClient, client_},
                                      {key::kAccount, refused.user},
                                      {key::kMechanism, mechanism},
                                      {key::kReason, refused.reason}});
    pop3_.login_failed(pop3::LoginFailure::kWrong, refused.text);
  } else {
    pop3_.login_failed(pop3::LoginFailure::kMalformed, refused.text);
  }
}

Task<void> Session::login(std::string user, Secret password, std::string_view mechanism) {
  const std::string how(mechanism);
  const auto account = co_await ports_.directory.verify_password(
      directory::login_address(user, options_.login.default_domain), std::move(password));
  if (!account) {
    event::warn("pop3.directory", {{key::kError, account.error().text}});
    pop3_.login_failed(pop3::LoginFailure::kTemporary, "logins can not be checked now, try again");
    co_return;
  }
  if (!account->has_value()) {
    ++failed_logins_;
    event::info("pop3.login_failed",
                {{key::kClient, client_}, {key::kAccount, user}, {key::kMechanism, how}});
    pop3_.login_failed(pop3::LoginFailure::kWrong, "address or password is wrong");
    co_return;
  }
  co_await open_maildrop(**account, how);
}

Task<void> Session::open_maildrop(directory::Account account, std::string_view mechanism) {
  const std::string how(mechanism);
  lock_ = ports_.locks.take(account.id);
  if (!lock_) {
    pop3_.login_failed(pop3::LoginFailure::kInUse, "another session has this maildrop, try later");
    co_return;
  }
  auto failed = [this](const Error& error) {
    event::error("pop3.maildrop", {{key::kClient, client_}, {key::kError, error.text}});
    lock_.reset();
    pop3_.login_failed(pop3::LoginFailure::kTemporary,
                       "the maildrop can not be read now, try again");
  };
  auto opened = co_await ports_.mailboxes.open(account.id);
  if (!opened) co_return failed(opened.error());
  account_ = *std::move(opened);
  const auto info = co_await account_->find("INBOX");
  if (!info) co_return failed(info.error());
  HK_ASSERT(info->has_value());
  auto view = co_await account_->view((*info)->id);
  if (!view) co_return failed(view.error());
  inbox_ = *std::move(view);

  pop3::Drop drop;
  drop.unique_id_prefix = std::to_string(inbox_.info->uid_validity) + ".";
  drop.messages.reserve(inbox_.index->size());
  inbox_.index->for_each(0, inbox_.index->size(), [&](std::size_t, const mailbox::Entry& entry) {
    drop.messages.push_back({entry.uid.value, static_cast<std::uint32_t>(entry.size)});
  });
  event::debug("pop3.login",
               {{key::kClient, client_}, {key::kAccount, account.address}, {key::kMechanism, how}});
  pop3_.login_ok(std::move(drop));
}

}  // namespace hikyaku::pop3_server
