// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/server_state.h"

#include <algorithm>

namespace hikyaku::smtp {
namespace {

std::size_t line_octets_max(const ServerConfig& config) {
  // RFC 4954 §4: AUTH lines may be longer than others (command_auth.cc looks at the others).
  return config.mechanisms.empty() ? config.command_octets_max
                                   : std::max(config.command_octets_max, config.auth_octets_max);
}

}  // namespace

void reply_refusal(ServerState& state, const Reply& reply) { state.reply(reply); }

ServerState::ServerState(const ServerConfig& config_in, bool tls_in)
    : config(&config_in), lines(line_octets_max(config_in)), tls(tls_in) {}

void ServerState::reply(const Reply& reply, Enhanced enhanced) {
  append_wire(reply, enhanced, output);
  // RFC 5321 §3.8: 421 says that the channel closes.
  if (reply.code == 421) close(CloseReason::kRefused);
}

void ServerState::mistake(const Reply& reply) {
  this->reply(reply);
  if (closed()) return;
  if (++errors >= config->errors_max) {
    append_wire(refusal(reason::kTooManyErrors), Enhanced::kWrite, output);
    close(CloseReason::kProtocol);
  }
}

void ServerState::close(CloseReason reason) {
  phase = Phase::kClosed;
  close_reason = reason;
  input = {};
}

void ServerState::drop_mail() {
  if (mail) reset_due = true;
  mail.reset();
  rcpt_seen = false;
  data.reset();
  data_refusal.reset();
}

void ServerState::forget_client() {
  drop_mail();
  hello.clear();
  extended = false;
  authenticated = false;
  lines = CommandReader(line_octets_max(*config));
}

}  // namespace hikyaku::smtp
