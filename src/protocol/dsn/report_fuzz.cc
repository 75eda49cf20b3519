// SPDX-License-Identifier: Apache-2.0
// Property: whatever a remote server said and the message's headers hold, a report is a
// multipart/report of its three parts, in ASCII lines that fit, to the sender alone.
// The input: an octet of choices, then the reply, the remote's name, ORCPT, ENVID and the headers,
// with NUL between them.
#include "protocol/dsn/report.h"

#include <cstdint>
#include <cstdlib>
#include <functional>

#include "protocol/mime/summarizer.h"

namespace {

using namespace hikyaku;  // NOLINT: the whole file is about it

void require(bool holds) {
  if (!holds) std::abort();
}

std::string take(std::string_view& in) {
  const auto end = std::min(in.find('\0'), in.size());
  std::string out(in.substr(0, end));
  in.remove_prefix(std::min(end + 1, in.size()));
  return out;
}

/// As the store keeps them: lines that end with CRLF and fit.
std::string lines_of(std::string_view in) {
  std::string out;
  std::size_t column = 0;
  for (const char c : in) {
    const bool ends = c == '\r' || c == '\n';
    if (ends || column++ == 900) {
      out += ends ? "\r\n" : "\r\n ";
      column = 0;
    }
    if (!ends) out += c;
  }
  return out;
}

dsn::Request request(std::uint8_t choice, std::string_view in) {
  dsn::Request out;
  out.sender = {"a b", "x.example"};
  out.reporting_host = "mx.example.org";
  out.id = "r1";
  // Random in earnest: the input must not hold it.
  out.boundary = "b" + std::to_string(std::hash<std::string_view>()(in)) + "7";
  out.now = UnixTime(std::chrono::seconds(1795495140));
  out.language = (choice & 1) != 0 ? dsn::Language::kJapanese : dsn::Language::kEnglish;
  out.what = (choice & 2) != 0 ? dsn::Return::kFull : dsn::Return::kHeaders;
  out.original_eight_bit = (choice & 4) != 0;
  dsn::Recipient recipient;
  recipient.address = {"b\"c", "y.example"};
  recipient.action = static_cast<dsn::Action>(choice / 8 % 5);
  recipient.reply.code = (choice & 128) != 0 ? 550 : 451;
  recipient.reply.text = take(in);
  recipient.remote_host = take(in);
  recipient.original = take(in);
  out.envelope_id = take(in);
  out.original_headers = lines_of(in) + "\r\n";
  out.recipients = {recipient, recipient};
  return out;
}

void check_lines(std::string_view text) {
  while (!text.empty()) {
    const auto end = text.find("\r\n");
    require(end != std::string_view::npos && end <= 998);  // RFC 5322 §2.1.1
    for (const char c : text.substr(0, end))
      require(static_cast<unsigned char>(c) < 0x80 && c != '\r' && c != '\n');
    text.remove_prefix(end + 2);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const auto asked =
      request(data[0], std::string_view(reinterpret_cast<const char*>(data) + 1, size - 1));
  const auto explain = [](const smtp::Reply& reply, dsn::Language) { return reply.text; };
  const auto report = dsn::build(asked, explain);
  check_lines(report.head);
  check_lines(report.tail);
  const std::string between = report.original_between ? "Subject: x\r\n\r\nbody\r\n" : "";
  const auto summary = mime::summarize(report.head + between + report.tail);
  const auto& root = summary.structure.root;
  require(root.type == "multipart" && root.subtype == "report" && root.children.size() == 3);
  require(root.children[0].type == "text" && root.children[0].subtype == "plain");
  require(root.children[1].type == "message" && root.children[1].subtype == "delivery-status");
  require(summary.envelope.to.size() == 1 && summary.envelope.to[0].domain == "x.example");
  require(summary.envelope.cc.empty() && summary.envelope.bcc.empty());
  return 0;
}
