// SPDX-License-Identifier: Apache-2.0
// Properties: any input, in any pieces, gives the same replies, reactions and messages as in one;
// an accepted message is free of NUL and bare LF and goes out and comes in again unchanged.
// The first octet chooses the role, the second the size of the pieces.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "protocol/smtp/dot_stuffer.h"
#include "protocol/smtp/testing/server_driver.h"

namespace {

using namespace hikyaku::smtp;

ServerConfig config_for(std::uint8_t choice) {
  ServerConfig config;
  config.host = "mx.example.org";
  config.role = static_cast<Role>(choice % 3);
  config.starttls = (choice & 4) != 0;
  config.bare_cr = (choice & 8) != 0 ? BareCr::kKeep : BareCr::kRefuse;
  config.auth_tls = TlsNeed::kOptional;
  config.command_octets_max = 128;
  config.auth_octets_max = 256;
  config.text_line_octets_max = 200;
  config.message_octets_max = 2000;
  if (config.role == Role::kSubmission) config.mechanisms = {"PLAIN", "LOGIN"};
  return config;
}

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

void check_message(const std::string& message) {
  require(message.find('\0') == std::string::npos, "no NUL is accepted");
  for (std::size_t i = 0; i < message.size(); ++i) {
    if (message[i] == '\n') require(i > 0 && message[i - 1] == '\r', "no bare LF is accepted");
  }
  DotStuffer stuffer;
  std::string wire;
  stuffer.write(message, wire);
  stuffer.finish(wire);
  require(wire.find("\r\n.\r\n") >= wire.size() - 5 || wire == ".\r\n", "one end of data");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const ServerConfig config = config_for(data[0]);
  const std::string input(reinterpret_cast<const char*>(data + 2), size - 2);
  // The driver loses the rest of a segment when TLS starts, which depends on the pieces.
  const ServerRun whole = drive_server(config, {input});
  const bool tls = whole.log.find("starttls") != std::string::npos;
  const ServerDrive pieces{.chunk = data[1] % 64 + 1U, .keep_input = true};
  const ServerRun cut = drive_server(config, {input}, pieces);
  if (!tls) {
    require(cut.output == whole.output, "same replies");
    require(cut.log == whole.log, "same reactions");
    require(cut.messages == whole.messages, "same messages");
  }
  for (const std::string& message : cut.messages) check_message(message);
  return 0;
}
