// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace hikyaku::event {

enum class Level : unsigned char { kDebug, kInfo, kWarn, kError };
enum class Format : unsigned char { kLogfmt, kJson };

/// A typed key of an event. Keys are a closed set (base/event_keys.h), so that a log can be
/// searched: the same thing has the same key everywhere.
struct Key {
  std::string_view name;
};

using Value = std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool>;

struct Field {
  Key key;
  Value value;

  Field(Key k, std::string_view v) : key(k), value(v) {}
  Field(Key k, const char* v) : key(k), value(std::string_view(v)) {}
  Field(Key k, const std::string& v) : key(k), value(std::string_view(v)) {}
  Field(Key k, bool v) : key(k), value(v) {}
  Field(Key k, double v) : key(k), value(v) {}
  Field(Key k, int v) : key(k), value(static_cast<std::int64_t>(v)) {}
  Field(Key k, std::int64_t v) : key(k), value(v) {}
  Field(Key k, std::uint64_t v) : key(k), value(v) {}
  Field(Key k, std::uint32_t v) : key(k), value(static_cast<std::uint64_t>(v)) {}
};

/// Writes one event, one line, to the process's log (standard error): time, level, name, fields.
///
/// `name` is folder.what ("smtp.connected"), constant. Values are escaped, so that what a peer sent
/// can not forge a line; what is no UTF-8 is shown as U+FFFD. Never a secret or message content.
/// Threads: any; a line is written whole, with one write(2).
void emit(Level level, std::string_view name, std::initializer_list<Field> fields);

/// The line that emit() would write, without the time. For tests.
[[nodiscard]] std::string render(Format format, Level level, std::string_view name,
                                 std::initializer_list<Field> fields);

/// What is written from now on. At the start: kInfo, kLogfmt.
void configure(Level least, Format format);
[[nodiscard]] bool enabled(Level level) noexcept;

inline void debug(std::string_view name, std::initializer_list<Field> fields = {}) {
  if (enabled(Level::kDebug)) emit(Level::kDebug, name, fields);
}
inline void info(std::string_view name, std::initializer_list<Field> fields = {}) {
  emit(Level::kInfo, name, fields);
}
inline void warn(std::string_view name, std::initializer_list<Field> fields = {}) {
  emit(Level::kWarn, name, fields);
}
inline void error(std::string_view name, std::initializer_list<Field> fields = {}) {
  emit(Level::kError, name, fields);
}

}  // namespace hikyaku::event
