// SPDX-License-Identifier: Apache-2.0
// CAPABILITY, NOOP, CHECK, LOGOUT, NAMESPACE, ID, ENABLE, STARTTLS.
#include "base/event.h"
#include "base/event_keys.h"
#include "protocol/imap/response/mailbox.h"
#include "server/imap/session.h"

namespace hikyaku::imap_server {
std::string Session::capabilities() const {
  return state_.capabilities(
      sasl::offered(login::channel_of(*stream_, trust()), options_.login.allowed));
}

void Session::greet() {
  imap::append_status(out_, {}, imap::Condition::kOk, "CAPABILITY " + capabilities(),
                      "hikyaku IMAP ready");
}

Task<void> Session::run_command(imap::Capability /*command*/) {
  imap::append_capability(out_, capabilities());
  ok("that is what there is");
  co_return;
}

Task<void> Session::run_command(imap::Noop /*command*/) { co_await done("nothing done"); }

// RFC 3501 §6.4.1: everything that was answered is on disk already.
Task<void> Session::run_command(imap::Check /*command*/) { co_await done("checked"); }

Task<void> Session::run_command(imap::Logout /*command*/) {
  bye("good-bye");
  ok("logged out");
  state_.logged_out();
  co_return;
}

Task<void> Session::run_command(imap::Namespace /*command*/) {
  imap::append_namespace(out_);
  co_await done("these namespaces");
}

Task<void> Session::run_command(imap::ClientId /*command*/) {
  const imap::IdField name{"name", "hikyaku"};
  imap::append_id(out_, std::span(&name, 1));
  ok("pleased to meet you");
  co_return;
}

Task<void> Session::run_command(imap::Enable command) {
  const bool was_aware = state_.has(imap::Feature::kCondStore);
  const auto enabled = state_.enable(command.capabilities);
  imap::append_enabled(out_, enabled);
  if (!was_aware && state_.has(imap::Feature::kCondStore)) tell_highest_mod_seq("enabled");
  ok("enabled");
  co_return;
}

Task<void> Session::run_command(imap::StartTls /*command*/) {
  if (!state_.may_start_tls()) {
    bad(state_.channel() == imap::ChannelSecurity::kEncrypted ? "TLS is active already"
                                                              : "TLS is not available");
    co_return;
  }
  ok("begin the TLS handshake now");
  if (!co_await flush()) {
    ended_ = true;
    co_return;
  }
  // What came in the clear behind the command is not taken (RFC 9051 §6.2.1).
  reader_.discard();
  const auto started =
      co_await stream_->accept_tls(*ports_.tls, net::after(options_.handshake_patience));
  if (!started) {
    event::info("imap.tls_failed",
                {{event::key::kClient, client_}, {event::key::kError, started.error().text}});
    ended_ = true;
    co_return;
  }
  state_.tls_started();
}

}  // namespace hikyaku::imap_server
