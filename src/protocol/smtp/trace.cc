// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/trace.h"

#include <fmt/format.h>

#include <array>

namespace hikyaku::smtp {
namespace {

/// What a peer said, so that it can end neither the field nor a comment.
std::string harmless(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 255)) {
    const bool fine = c > 0x20 && c < 0x7f && !std::string_view("()\\<>;\"").contains(c);
    out += fine ? c : '?';
  }
  return out;
}

/// RFC 5321 §4.1.3: an IPv6 address has its tag.
std::string literal(std::string_view address) {
  return (address.contains(':') ? "[IPv6:" : "[") + harmless(address) + "]";
}

}  // namespace

std::string date_text(UnixTime time) {
  static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  return fmt::format(
      "{}, {} {} {:04} {:02}:{:02}:{:02} +0000", kDays.at(std::chrono::weekday(day).c_encoding()),
      static_cast<unsigned>(date.day()), kMonths.at(static_cast<unsigned>(date.month()) - 1),
      static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
      clock.seconds().count());
}

std::string with_protocol(const TraceFacts& facts) {
  const bool lmtp = facts.role == Role::kLmtp;
  if (!lmtp && !facts.extended) return "SMTP";
  // RFC 3848; RFC 6531 §4.3 has the forms with UTF8.
  std::string out = facts.utf8 ? "UTF8" : "";
  out += lmtp ? "LMTP" : facts.utf8 ? "SMTP" : "ESMTP";
  if (facts.tls) out += 'S';
  if (facts.authenticated) out += 'A';
  return out;
}

std::string received_field(const TraceFacts& facts) {
  std::string out = "Received: from ";
  out += facts.hello.empty() ? "unknown" : harmless(facts.hello);
  if (!facts.client_address.empty()) {
    out += " (";
    if (!facts.client_name.empty()) out += harmless(facts.client_name) + ' ';
    out += literal(facts.client_address) + ')';
  }
  if (facts.tls && !facts.tls_text.empty()) {
    std::string text;
    for (const char c : facts.tls_text) {
      const bool space = c == ' ' && !text.empty();
      text += space ? std::string(" ") : harmless(std::string_view(&c, 1));
    }
    out += "\r\n\t(using " + text + ')';
  }
  out += fmt::format("\r\n\tby {} with {}", facts.by, with_protocol(facts));
  if (!facts.id.empty()) out += " id " + facts.id;
  if (facts.recipient) out += fmt::format("\r\n\tfor <{}>", facts.recipient->text());
  return out + ";\r\n\t" + date_text(facts.time) + "\r\n";
}

std::string return_path_field(const ReversePath& path) {
  return "Return-Path: <" + text(path) + ">\r\n";
}

}  // namespace hikyaku::smtp
