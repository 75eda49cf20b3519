// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/words.h"
#include "config/config.h"

// The table of all keys: what reading, printing and the reference are made from.
namespace hikyaku::config {

/// What is wrong with a text, {0}, and what would be right.
struct Fault {
  Words what;
  Words remedy;
};
/// The fault of a text, or nullptr.
using Complaint = const Fault* (*)(std::string_view text);
const Fault* any_text(std::string_view text);

template <class S>
struct Text {
  std::string S::* member;
  Complaint complaint = any_text;
};
template <class S>
struct Texts {
  std::vector<std::string> S::* member;
  Complaint complaint = any_text;
};
/// A path; relative ones count from the configuration file's folder.
template <class S>
struct Path {
  std::string S::* member;
};
template <class S>
struct Paths {
  std::vector<std::string> S::* member;
};
template <class S>
struct Number {
  std::uint32_t S::* member;
  std::uint32_t min = 0;
  std::uint32_t max = std::numeric_limits<std::uint32_t>::max();
};
template <class S>
struct Port {
  std::uint16_t S::* member;
  std::uint16_t min = 1;
};
template <class S>
struct Amount {
  Size S::* member;
  Size min;
  Size max;
};
template <class S>
struct Period {
  Duration S::* member;
  Duration min;
  Duration max;
};
template <class S>
struct Periods {
  std::vector<Duration> S::* member;
  Duration min;
  Duration max;
};
/// true or false.
template <class S>
struct Toggle {
  Switch S::* member;
};
/// One of several words; the enumerator is the word's place.
template <class S>
struct Choice {
  std::span<const std::string_view> words;
  unsigned (*get)(const S&);
  void (*set)(S*, unsigned);
};

template <class S>
struct Key {
  std::string_view name;
  Words what;  ///< for the reference and the sample; `\n` starts a new line
  std::variant<Text<S>, Texts<S>, Path<S>, Paths<S>, Number<S>, Port<S>, Amount<S>, Period<S>,
               Periods<S>, Toggle<S>, Choice<S>>
      setting;
};

/// A table of the file. `member` says where it lies in Config.
template <class S>
struct Section {
  std::string_view name;
  Words what;
  std::span<const Key<S>> keys;
  S Config::* member = nullptr;
  std::vector<S> Config::* many = nullptr;  ///< set for what is written [[name]]
};

[[nodiscard]] Section<Server> server_section();
[[nodiscard]] Section<Listener> listener_section();
[[nodiscard]] Section<Certificate> certificate_section();
[[nodiscard]] Section<Tls> tls_section();
[[nodiscard]] Section<Auth> auth_section();
[[nodiscard]] Section<Smtp> smtp_section();
[[nodiscard]] Section<Imap> imap_section();
[[nodiscard]] Section<Pop3> pop3_section();
[[nodiscard]] Section<Dns> dns_section();
[[nodiscard]] Section<Delivery> delivery_section();
[[nodiscard]] Section<Limits> limits_section();
[[nodiscard]] Section<Control> control_section();

/// Calls `visit(section)` for each, in the order of the reference.
template <class Visit>
void for_each_section(Visit&& visit) {
  visit(server_section());
  visit(listener_section());
  visit(certificate_section());
  visit(tls_section());
  visit(auth_section());
  visit(smtp_section());
  visit(imap_section());
  visit(pop3_section());
  visit(dns_section());
  visit(delivery_section());
  visit(limits_section());
  visit(control_section());
}

/// The listeners of a file that names none.
[[nodiscard]] std::vector<Listener> default_listeners();

}  // namespace hikyaku::config
