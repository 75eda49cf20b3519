// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/lookup/testing/zone.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>

namespace hikyaku::lookup {
namespace {

constexpr int kCnamesMax = 8;

std::string octets_of(Type type, std::string_view text) {
  std::array<char, 16> out{};
  const bool four = type == Type::kA;
  if (inet_pton(four ? AF_INET : AF_INET6, std::string(text).c_str(), out.data()) != 1) return "";
  return {out.data(), four ? 4U : 16U};
}

}  // namespace

Zone& Zone::add(std::string_view name, Type type, std::string_view text) {
  Question key = question(name, type);
  unsigned order = 0;
  std::string value(text);
  if (type == Type::kA || type == Type::kAaaa) {
    value = octets_of(type, text);
  } else if (type == Type::kMx) {
    const std::size_t space = text.find(' ');
    std::from_chars(text.data(), text.data() + text.size(), order);
    value = question(space == std::string_view::npos ? "" : text.substr(space + 1), type).name;
  } else if (type == Type::kPtr) {
    value = question(text, type).name;
  }
  names_.insert(key.name);
  records_[std::move(key)].emplace(order, std::move(value));
  return *this;
}

Zone& Zone::cname(std::string_view name, std::string_view target) {
  const std::string from = question(name, Type::kA).name;
  names_.insert(from);
  cnames_[from] = question(target, Type::kA).name;
  return *this;
}

Zone& Zone::fail(std::string_view name, Type type) {
  failing_.insert(question(name, type));
  return *this;
}

Zone& Zone::fail_rest(std::string_view name) {
  failing_rest_.insert(question(name, Type::kA).name);
  return *this;
}

/// RFC 8020 §2: a name with names below it exists.
bool Zone::exists(const std::string& name) const {
  if (names_.contains(name)) return true;
  for (const std::string& other : names_) {
    if (other.ends_with("." + name)) return true;
  }
  return false;
}

Answer Zone::answer(const Question& asked) const {
  Question at = asked;
  for (int i = 0; i < kCnamesMax; ++i) {
    if (failing_.contains(at)) break;
    if (const auto found = records_.find(at); found != records_.end()) {
      Answer answer{Answer::Status::kFound};
      for (const auto& [order, value] : found->second) answer.records.push_back(value);
      return answer;
    }
    if (const auto alias = cnames_.find(at.name); alias != cnames_.end()) {
      at.name = alias->second;
      continue;
    }
    if (failing_rest_.contains(at.name)) break;
    return {exists(at.name) ? Answer::Status::kNoData : Answer::Status::kNxDomain};
  }
  return {Answer::Status::kFailed, {}, false, "SERVFAIL"};
}

}  // namespace hikyaku::lookup
