// SPDX-License-Identifier: Apache-2.0
#include "protocol/dsn/words.h"

#include <fmt/format.h>

#include <algorithm>

#include "protocol/mime/date.h"
#include "protocol/mime/encoded_word.h"

namespace hikyaku::dsn {
namespace {

constexpr std::size_t kQuotedSubjectOctetsMax = 200;
constexpr std::size_t kLineOctetsMax = 76;

bool is(const Request& request, Language language) { return request.language == language; }

bool any(const Request& request, Action action) {
  return std::ranges::any_of(request.recipients,
                             [&](const Recipient& r) { return r.action == action; });
}

/// What happened, in one sentence, before the recipients of that action.
std::string_view sentence(Action action, Language language) {
  const bool ja = language == Language::kJapanese;
  switch (action) {
    case Action::kFailed:
      return ja ? "次の宛先には配達できませんでした。再送は行いません。"
                : "It could not be delivered to the recipients below, and will not be tried again.";
    case Action::kDelayed:
      return ja ? "次の宛先にはまだ配達できていません。サーバーが再送を続けますので、"
                  "送り直す必要はありません。"
                : "It has not been delivered to the recipients below yet. The server keeps trying, "
                  "so you need not send it again.";
    case Action::kDelivered:
      return ja ? "次の宛先に配達しました。" : "It was delivered to the recipients below.";
    case Action::kRelayed:
      return ja ? "次の宛先へ転送しましたが、その先のサーバーは配達結果を通知しません。"
                : "It was passed on for the recipients below to a server that does not report "
                  "deliveries.";
    case Action::kExpanded:
      return ja ? "次の宛先は複数の宛先に展開されました。"
                : "The addresses below stand for several people, and it was sent on to them.";
  }
  return "";
}

std::string without_newlines(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

/// Who said what.
std::string cause(const Request& request, const Recipient& r) {
  const std::string said = without_newlines(r.reply.one_line());
  if (said.empty()) return "";
  const bool ja = is(request, Language::kJapanese);
  if (r.reply.code == 0) return fmt::format(fmt::runtime(ja ? "原因: {}" : "Reason: {}"), said);
  if (r.remote_host.empty()) {
    return fmt::format(fmt::runtime(ja ? "サーバーの応答: {}" : "The server said: {}"), said);
  }
  return fmt::format(fmt::runtime(ja ? "{} の応答: {}" : "{} said: {}"), r.remote_host, said);
}

/// Adds lines, each cut at spaces so that it needs no encoding; Japanese has none, and stays.
void add_lines(std::string_view text, std::string_view indent, std::string& out) {
  while (!text.empty()) {
    const std::size_t newline = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, newline);
    text.remove_prefix(std::min(newline + 1, text.size()));
    const bool ascii =
        std::ranges::all_of(line, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    while (ascii && line.size() + indent.size() > kLineOctetsMax) {
      std::size_t cut = line.rfind(' ', kLineOctetsMax - indent.size());
      if (cut == std::string_view::npos || cut == 0) cut = line.find(' ', 1);
      if (cut == std::string_view::npos) break;
      out += fmt::format("{}{}\n", indent, line.substr(0, cut));
      line.remove_prefix(cut + 1);
    }
    if (!line.empty()) out += fmt::format("{}{}\n", indent, line);
  }
}

void add_indented(std::string_view text, std::string& out) { add_lines(text, "    ", out); }

void add_recipient(const Request& request, const Recipient& r, const Explain& explain,
                   std::string& out) {
  out += fmt::format("  <{}>\n", r.address.text());
  add_indented(cause(request, r), out);
  const bool tell = r.action == Action::kFailed || r.action == Action::kDelayed;
  if (tell && explain) add_indented(explain(r.reply, request.language), out);
  if (r.action == Action::kDelayed && r.retry_until) {
    add_indented(
        fmt::format(fmt::runtime(is(request, Language::kJapanese) ? "再送の期限: {}"
                                                                  : "It is tried until: {}"),
                    mime::print_date(*r.retry_until)),
        out);
  }
  out += '\n';
}

}  // namespace

std::string original_field(const Request& request, std::string_view name) {
  std::string_view rest = request.original_headers;
  std::string value;
  bool found = false;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find("\r\n"), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 2, rest.size()));
    const bool continued = line.starts_with(' ') || line.starts_with('\t');
    if (found && !continued) break;
    if (found) {
      value += line;
    } else if (line.size() > name.size() && line[name.size()] == ':' &&
               std::ranges::equal(line.substr(0, name.size()), name,
                                  [](char a, char b) { return (a | 0x20) == (b | 0x20); })) {
      value = line.substr(name.size() + 1);
      found = true;
    }
  }
  const std::size_t first = std::min(value.find_first_not_of(" \t"), value.size());
  return mime::decode_words(std::string_view(value).substr(first));
}

std::string subject(const Request& request) {
  const bool ja = is(request, Language::kJapanese);
  if (any(request, Action::kFailed)) {
    return ja ? "メールを配達できませんでした" : "Your message could not be delivered";
  }
  if (any(request, Action::kDelayed)) {
    return ja ? "メールの配達が遅れています（再送は不要です）"
              : "Your message is delayed (no need to send it again)";
  }
  return ja ? "メールの配達結果" : "Your message was delivered";
}

std::string words(const Request& request, const Explain& explain) {
  const bool ja = is(request, Language::kJapanese);
  std::string out =
      fmt::format(fmt::runtime(ja ? "{} のメールサーバーからの自動通知です。\n\n"
                                  : "This is an automatic notice from the mail server {}.\n\n"),
                  request.reporting_host);
  std::string title = original_field(request, "Subject");
  if (title.size() > kQuotedSubjectOctetsMax) {
    std::size_t cut = kQuotedSubjectOctetsMax;  // not inside of a character
    while (cut > 0 && (static_cast<unsigned char>(title[cut]) & 0xc0) == 0x80) --cut;
    title.resize(cut);
    title += "...";
  }
  const std::string arrival = mime::print_date(request.arrival);
  if (title.empty()) {
    out += fmt::format(fmt::runtime(ja ? "{} に受け付けたメールについてお知らせします。\n"
                                       : "It is about your message of {}.\n"),
                       arrival);
  } else {
    out += fmt::format(fmt::runtime(ja ? "{1} に受け付けたメール「{0}」についてお知らせします。\n"
                                       : "It is about your message \"{0}\" of {1}.\n"),
                       title, arrival);
  }
  for (const Action action : {Action::kFailed, Action::kDelayed, Action::kDelivered,
                              Action::kRelayed, Action::kExpanded}) {
    if (!any(request, action)) continue;
    out += '\n';
    add_lines(sentence(action, request.language), "", out);
    out += '\n';
    for (const Recipient& r : request.recipients) {
      if (r.action == action) add_recipient(request, r, explain, out);
    }
  }
  if (!request.tracking.empty()) {
    out +=
        fmt::format(fmt::runtime(ja ? "管理者へのお問い合わせの際は、追跡番号 {} "
                                      "をお知らせください。\n"
                                    : "If you ask your administrator about it, give the tracking "
                                      "number {}.\n"),
                    request.tracking);
  }
  return out;
}

}  // namespace hikyaku::dsn
