// SPDX-License-Identifier: Apache-2.0
#include "config/complaints.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace hikyaku::config {
namespace {

bool is_address(int family, std::string_view text) {
  std::array<unsigned char, 16> octets{};
  return text.size() < INET6_ADDRSTRLEN &&
         ::inet_pton(family, std::string(text).c_str(), octets.data()) == 1;
}
bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

const Fault* any_text(std::string_view /*text*/) { return nullptr; }

const Fault* no_host_name(std::string_view text) {
  static constexpr Fault kFault{
      {"\"{0}\" is no host name", "\"{0}\" はホスト名ではありません"},
      {"write letters, digits and hyphens, with dots between: mail.example.org",
       "英数字とハイフンをドットで区切って書いてください: mail.example.org"}};
  if (text.empty()) return nullptr;
  if (text.size() > 253) return &kFault;
  std::size_t label = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || text[i] == '.') {
      if (label == 0 || label > 63 || text[i - 1] == '-') return &kFault;
      label = 0;
    } else if (is_letter_or_digit(text[i]) || (text[i] == '-' && label > 0)) {
      ++label;
    } else {
      return &kFault;
    }
  }
  return nullptr;
}

const Fault* no_ip_address(std::string_view text) {
  static constexpr Fault kFault{
      {"\"{0}\" is no IP address", "\"{0}\" は IP アドレスではありません"},
      {R"(write one like "192.0.2.1" or "2001:db8::1", "::" for all)",
       R"("192.0.2.1" や "2001:db8::1" のように書いてください。すべてのアドレスなら "::")"}};
  return is_address(AF_INET, text) || is_address(AF_INET6, text) ? nullptr : &kFault;
}

const Fault* no_ipv4(std::string_view text) {
  static constexpr Fault kFault{
      {"\"{0}\" is no IPv4 address", "\"{0}\" は IPv4 アドレスではありません"},
      {R"(write one like "192.0.2.1", or "" for any)",
       R"("192.0.2.1" のように書いてください。指定しない場合は "")"}};
  return text.empty() || is_address(AF_INET, text) ? nullptr : &kFault;
}

const Fault* no_ipv6(std::string_view text) {
  static constexpr Fault kFault{
      {"\"{0}\" is no IPv6 address", "\"{0}\" は IPv6 アドレスではありません"},
      {R"(write one like "2001:db8::1", or "" for any)",
       R"("2001:db8::1" のように書いてください。指定しない場合は "")"}};
  return text.empty() || is_address(AF_INET6, text) ? nullptr : &kFault;
}

const Fault* no_forwarder(std::string_view text) {
  static constexpr Fault kFault{
      {"\"{0}\" is no name server", "\"{0}\" はネームサーバーのアドレスではありません"},
      {R"(write its address like "192.0.2.1" or, with a port, "127.0.0.1@5353")",
       R"("192.0.2.1" のように、ポートも指定するなら "127.0.0.1@5353" のように書いてください)"}};
  const auto at = text.find('@');
  if (no_ip_address(text.substr(0, at)) != nullptr) return &kFault;
  if (at == std::string_view::npos) return nullptr;
  const auto port = text.substr(at + 1);
  unsigned number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  const bool whole = error == std::errc{} && end == port.data() + port.size();
  return whole && number > 0 && number < 65536 ? nullptr : &kFault;
}

const Fault* no_network(std::string_view text) {
  static constexpr Fault kFault{
      {"\"{0}\" is no network", "\"{0}\" はネットワークの指定ではありません"},
      {R"(write one like "192.0.2.0/24" or "2001:db8::/32")",
       R"("192.0.2.0/24" や "2001:db8::/32" のように書いてください)"}};
  const auto slash = text.find('/');
  const bool v4 = is_address(AF_INET, text.substr(0, slash));
  if (!v4 && !is_address(AF_INET6, text.substr(0, slash))) return &kFault;
  if (slash == std::string_view::npos) return nullptr;
  const auto bits = text.substr(slash + 1);
  unsigned number = 0;
  const auto [end, error] = std::from_chars(bits.data(), bits.data() + bits.size(), number);
  const bool whole = error == std::errc{} && end == bits.data() + bits.size();
  return whole && number <= (v4 ? 32U : 128U) ? nullptr : &kFault;
}

const Fault* no_user_name(std::string_view text) {
  static constexpr Fault kFault{
      {"\"{0}\" is no user name of this machine",
       "\"{0}\" はこのマシンのユーザー名として使えません"},
      {"write one that /etc/passwd has", "/etc/passwd にあるユーザー名を書いてください"}};
  const bool fine = !text.empty() && text.size() <= 32 && text.front() != '-' &&
                    std::ranges::all_of(text, [](char c) {
                      return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.';
                    });
  return fine ? nullptr : &kFault;
}

}  // namespace hikyaku::config
