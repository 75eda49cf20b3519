// SPDX-License-Identifier: Apache-2.0
#include "base/event.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <iterator>

#include "base/utf8.h"

namespace hikyaku::event {
namespace {

std::atomic<Level> least_level{Level::kInfo};
std::atomic<Format> line_format{Format::kLogfmt};

constexpr std::string_view level_name(Level level) {
  switch (level) {
    case Level::kDebug: return "debug";
    case Level::kInfo: return "info";
    case Level::kWarn: return "warn";
    case Level::kError: return "error";
  }
  return "error";
}

// The octets of the first character; 0 when they are no UTF-8.
std::size_t utf8_octets(std::string_view text) {
  const auto first = first_sequence(text);
  return first.kind == Utf8Sequence::Kind::kValid ? first.octets : 0;
}

// U+0080 to U+009F: a terminal may take them for the start of an escape sequence.
bool is_c1_control(std::string_view character) {
  return character.size() == 2 && character[0] == '\xc2' &&
         static_cast<unsigned char>(character[1]) < 0xa0;
}

// Quoted as JSON (RFC 8259 §7, §8.1: UTF-8 only); logfmt readers take the same escapes.
void append_quoted(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    const auto octet = static_cast<unsigned char>(text.front());
    const std::size_t size = octet < 0x80 ? 1 : utf8_octets(text);
    if (octet == '"' || octet == '\\') {
      out.push_back('\\');
      out.push_back(text.front());
    } else if (octet < 0x20 || octet == 0x7f) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", octet);
    } else if (size == 0) {
      out.append("\\ufffd");
    } else if (is_c1_control(text.substr(0, size))) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(text[1]));
    } else {
      out.append(text.substr(0, size));
    }
    text.remove_prefix(std::max(size, std::size_t{1}));
  }
  out.push_back('"');
}

bool needs_quotes(std::string_view text) {
  if (text.empty()) return true;
  while (!text.empty()) {
    const auto octet = static_cast<unsigned char>(text.front());
    if (octet <= 0x20 || octet == 0x7f || octet == '"' || octet == '=' || octet == '\\')
      return true;
    const std::size_t size = octet < 0x80 ? 1 : utf8_octets(text);
    if (size == 0 || is_c1_control(text.substr(0, size))) return true;
    text.remove_prefix(size);
  }
  return false;
}

void append_value(std::string& out, Format format, const Value& value) {
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    if (format == Format::kJson || needs_quotes(*text)) {
      append_quoted(out, *text);
    } else {
      out.append(*text);
    }
    return;
  }
  std::visit(
      [&out](const auto& v) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(v)>, std::string_view>)
          fmt::format_to(std::back_inserter(out), "{}", v);
      },
      value);
}

void append_field(std::string& out, Format format, std::string_view name, const Value& value) {
  if (format == Format::kJson) {
    out.append(out.empty() || out.back() == '{' ? "" : ",");
    append_quoted(out, name);
    out.push_back(':');
  } else {
    if (!out.empty()) out.push_back(' ');
    out.append(name);
    out.push_back('=');
  }
  append_value(out, format, value);
}

std::string render_with(std::string start, Format format, Level level, std::string_view name,
                        std::initializer_list<Field> fields) {
  append_field(start, format, "level", level_name(level));
  append_field(start, format, "event", name);
  for (const auto& field : fields) append_field(start, format, field.key.name, field.value);
  if (format == Format::kJson) start.push_back('}');
  return start;
}

}  // namespace

std::string render(Format format, Level level, std::string_view name,
                   std::initializer_list<Field> fields) {
  return render_with(format == Format::kJson ? "{" : "", format, level, name, fields);
}

void emit(Level level, std::string_view name, std::initializer_list<Field> fields) {
  if (!enabled(level)) return;
  const Format format = line_format.load(std::memory_order_relaxed);
  const auto now = std::chrono::system_clock::now();
  const auto us =
      std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count() %
      1000000;
  const auto time = fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z",
                                fmt::gmtime(std::chrono::system_clock::to_time_t(now)), us);
  std::string start = format == Format::kJson ? "{" : "";
  append_field(start, format, "time", std::string_view(time));
  auto line = render_with(std::move(start), format, level, name, fields);
  line.push_back('\n');
  // A log that cannot be written must not stop the mail.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

void configure(Level least, Format format) {
  least_level.store(least, std::memory_order_relaxed);
  line_format.store(format, std::memory_order_relaxed);
}

bool enabled(Level level) noexcept { return level >= least_level.load(std::memory_order_relaxed); }

}  // namespace hikyaku::event
