// SPDX-License-Identifier: Apache-2.0
#include "base/event.h"
#include "base/event_keys.h"
#include "record/directory/login_name.h"
#include "server/pop3/session.h"

namespace hikyaku::pop3_server {
namespace {

namespace key = event::key;

}  // namespace

Task<void> Session::exchange(sasl::Exchanged step) {
  if (const auto* challenge = std::get_if<sasl::SendChallenge>(&step)) {
    pop3_.challenge(challenge->base64);
    co_return;
  }
  exchange_.reset();
  if (const auto* failed = std::get_if<sasl::Failed>(&step)) {
    pop3_.login_failed(pop3::LoginFailure::kMalformed, failed->text);
    co_return;
  }
  auto& verify = std::get<sasl::VerifyPassword>(step);
  if (!verify.authzid.empty() && verify.authzid != verify.authcid) {
    ++failed_logins_;
    pop3_.login_failed(pop3::LoginFailure::kWrong, "nobody acts for another here");
    co_return;
  }
  co_await login(std::move(verify.authcid), std::move(verify.password), mechanism_);
}

Task<void> Session::login(std::string user, Secret password, std::string_view mechanism) {
  const std::string how(mechanism);
  const auto account = co_await ports_.directory.verify_password(
      directory::login_address(user, options_.default_domain), std::move(password));
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
  co_await open_maildrop(**account);
}

Task<void> Session::open_maildrop(directory::Account account) {
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
  event::debug("pop3.login", {{key::kClient, client_}, {key::kAccount, account.address}});
  pop3_.login_ok(std::move(drop));
}

}  // namespace hikyaku::pop3_server
