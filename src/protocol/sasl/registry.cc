// SPDX-License-Identifier: Apache-2.0
#include "protocol/sasl/registry.h"

#include <algorithm>
#include <array>

#include "protocol/sasl/cram_md5.h"
#include "protocol/sasl/login.h"
#include "protocol/sasl/plain.h"
#include "protocol/sasl/scram.h"

namespace hikyaku::sasl {
namespace {

constexpr std::array kMechanisms{
    MechanismInfo{"SCRAM-SHA-256-PLUS", Kind::kScramPlus, &make_scram_sha256_plus},
    MechanismInfo{"SCRAM-SHA-1-PLUS", Kind::kScramPlus, &make_scram_sha1_plus},
    MechanismInfo{"SCRAM-SHA-256", Kind::kScram, &make_scram_sha256},
    MechanismInfo{"SCRAM-SHA-1", Kind::kScram, &make_scram_sha1},
    MechanismInfo{"PLAIN", Kind::kPassword, &make_plain},
    MechanismInfo{"LOGIN", Kind::kPassword, &make_login},
    MechanismInfo{"CRAM-MD5", Kind::kCramMd5, &make_cram_md5},
};

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool offers(Kind kind, Binding binding, Allowed allowed) {
  switch (kind) {
    case Kind::kPassword: return true;
    case Kind::kScram: return allowed.scram;
    case Kind::kScramPlus:
      return allowed.scram && allowed.channel_binding && binding == Binding::kThere;
    case Kind::kCramMd5: return allowed.cram_md5;
  }
  return false;
}

}  // namespace

std::span<const MechanismInfo> mechanisms() { return kMechanisms; }

const MechanismInfo* find_mechanism(std::string_view name) {
  for (const MechanismInfo& info : kMechanisms) {
    if (std::ranges::equal(name, info.name, {}, upper)) return &info;
  }
  return nullptr;
}

std::vector<std::string_view> offered(ChannelSecurity security, Binding binding, Allowed allowed) {
  std::vector<std::string_view> names;
  if (security == ChannelSecurity::kPlain) return names;
  for (const MechanismInfo& info : kMechanisms) {
    if (offers(info.kind, binding, allowed)) names.push_back(info.name);
  }
  return names;
}

std::vector<std::string_view> offered(const Channel& channel, Allowed allowed) {
  return offered(channel.security, channel.bindings.any() ? Binding::kThere : Binding::kNone,
                 allowed);
}

bool binds_channel(std::string_view name) {
  const MechanismInfo* info = find_mechanism(name);
  return info != nullptr && info->kind == Kind::kScramPlus;
}

}  // namespace hikyaku::sasl
