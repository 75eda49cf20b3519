// SPDX-License-Identifier: Apache-2.0
#include "protocol/sasl/registry.h"

#include <algorithm>
#include <array>

#include "protocol/sasl/login.h"
#include "protocol/sasl/plain.h"

namespace hikyaku::sasl {
namespace {

constexpr std::array kMechanisms{
    MechanismInfo{"PLAIN", Exposure::kPassword, &make_plain},
    MechanismInfo{"LOGIN", Exposure::kPassword, &make_login},
};

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

}  // namespace

std::span<const MechanismInfo> mechanisms() { return kMechanisms; }

const MechanismInfo* find_mechanism(std::string_view name) {
  for (const MechanismInfo& info : kMechanisms) {
    if (std::ranges::equal(name, info.name, {}, upper)) return &info;
  }
  return nullptr;
}

std::vector<std::string_view> offered(ChannelSecurity channel) {
  std::vector<std::string_view> names;
  for (const MechanismInfo& info : kMechanisms) {
    if (channel == ChannelSecurity::kEncrypted || info.exposure == Exposure::kNone) {
      names.push_back(info.name);
    }
  }
  return names;
}

}  // namespace hikyaku::sasl
