// SPDX-License-Identifier: Apache-2.0
#include "port/dns/testing/fake_resolver.h"

#include <arpa/inet.h>

#include <charconv>

#include "base/assert.h"

namespace hikyaku::dns {
namespace {

std::string canonical(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (out.ends_with('.')) out.pop_back();
  return out;
}

std::string wire_name(std::string_view name) {
  std::string out;
  const std::string plain = canonical(name);
  std::string_view rest(plain);
  while (!rest.empty()) {
    const auto dot = rest.find('.');
    const auto label = rest.substr(0, dot);
    HK_ASSERT(!label.empty() && label.size() < 64);
    out += static_cast<char>(label.size());
    out += label;
    rest.remove_prefix(dot == std::string_view::npos ? rest.size() : dot + 1);
  }
  out += '\0';
  return out;
}

std::string wire_address(int family, std::string_view text, std::size_t octets) {
  std::string out(octets, '\0');
  HK_ASSERT(inet_pton(family, std::string(text).c_str(), out.data()) == 1);
  return out;
}

std::string wire_mx(std::string_view text) {
  unsigned preference = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), preference);
  HK_ASSERT(error == std::errc() && *end == ' ' && preference < 65536);
  std::string out;
  out += static_cast<char>(preference >> 8);
  out += static_cast<char>(preference & 0xff);
  return out + wire_name(text.substr(static_cast<std::size_t>(end - text.data()) + 1));
}

/// RFC 1035 §3.3.14: strings of at most 255 octets.
std::string wire_txt(std::string_view text) {
  std::string out;
  do {
    const auto piece = text.substr(0, 255);
    out += static_cast<char>(piece.size());
    out += piece;
    text.remove_prefix(piece.size());
  } while (!text.empty());
  return out;
}

std::string_view type_text(Type type) {
  switch (type) {
    case Type::kA: return "A";
    case Type::kAaaa: return "AAAA";
    case Type::kCname: return "CNAME";
    case Type::kMx: return "MX";
    case Type::kPtr: return "PTR";
    case Type::kTxt: return "TXT";
    case Type::kTlsa: return "TLSA";
  }
  return "?";
}

}  // namespace

std::string rdata_of(Type type, std::string_view text) {
  switch (type) {
    case Type::kA: return wire_address(AF_INET, text, 4);
    case Type::kAaaa: return wire_address(AF_INET6, text, 16);
    case Type::kMx: return wire_mx(text);
    case Type::kTxt: return wire_txt(text);
    case Type::kCname:
    case Type::kPtr: return wire_name(text == "." ? "" : text);
    case Type::kTlsa: return std::string(text);
  }
  return {};
}

FakeResolver& FakeResolver::add(std::string_view name, Type type, std::string_view text) {
  return add_rdata(name, type, rdata_of(type, text));
}

FakeResolver& FakeResolver::add_rdata(std::string_view name, Type type, std::string rdata) {
  auto& found = answers_[{canonical(name), type}];
  found.status = Answer::Status::kFound;
  found.ttl_s = 300;
  found.records.push_back(std::move(rdata));
  return *this;
}

FakeResolver& FakeResolver::set(std::string_view name, Type type, Answer answer) {
  answers_[{canonical(name), type}] = std::move(answer);
  return *this;
}

FakeResolver& FakeResolver::fail(std::string_view name, Type type) {
  return set(name, type, {.status = Answer::Status::kFailed, .why = verbatim("SERVFAIL")});
}

FakeResolver& FakeResolver::secure() {
  secure_ = true;
  return *this;
}

FakeResolver& FakeResolver::fail_at(std::size_t n) {
  fail_at_ = asked_.size() + n;
  return *this;
}

Answer FakeResolver::answer(std::string name, Type type) const {
  for (int hops = 0; hops < 9; ++hops) {
    if (const auto found = answers_.find({name, type}); found != answers_.end()) {
      Answer out = found->second;
      out.canonical_name = name;
      out.secure = out.secure || secure_;
      return out;
    }
    const auto alias = answers_.find({name, Type::kCname});
    if (alias == answers_.end()) break;
    const auto target = parse_name(alias->second.records.front());
    HK_ASSERT(target.has_value());
    name = *target;
  }
  const std::string below = "." + name;
  Answer out{.status = Answer::Status::kNxDomain, .secure = secure_, .canonical_name = name};
  for (const auto& [key, unused] : answers_) {
    if (key.first == name || key.first.ends_with(below)) out.status = Answer::Status::kNoData;
  }
  return out;
}

Task<Answer> FakeResolver::query(std::string name, Type type, Duration /*patience*/) {
  name = canonical(name);
  asked_.push_back(name + " " + std::string(type_text(type)));
  if (fail_at_ == asked_.size() - 1) {
    co_return Answer{.status = Answer::Status::kFailed, .why = verbatim("a test failed it")};
  }
  co_return answer(std::move(name), type);
}

}  // namespace hikyaku::dns
