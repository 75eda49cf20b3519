// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/testing/parse.h"

#include "protocol/imap/command_table.h"

namespace hikyaku::imap {

Result<CommandBody> parse_body(std::string_view command) {
  const std::string line = "t " + std::string(command);
  const CommandStart start = read_command_start(line);
  if (start.info == nullptr) return permanent(std::string(start.problem));
  if (start.info->parse == nullptr) return permanent("this command is streamed");
  Scanner in(start.arguments);
  return start.info->parse(in);
}

}  // namespace hikyaku::imap
