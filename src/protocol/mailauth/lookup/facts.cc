// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/lookup/facts.h"

#include <algorithm>
#include <utility>

namespace hikyaku::lookup {

std::string_view name_of(Type type) {
  switch (type) {
    case Type::kA: return "A";
    case Type::kAaaa: return "AAAA";
    case Type::kMx: return "MX";
    case Type::kPtr: return "PTR";
    case Type::kTxt: return "TXT";
  }
  return "";
}

Question question(std::string_view name, Type type) {
  if (name.ends_with('.')) name.remove_suffix(1);
  Question out{std::string(name), type};
  // RFC 4343 §3: only ASCII letters have case in DNS.
  for (char& c : out.name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

const Answer* Facts::find(const Question& question) const {
  const auto found = answers_.find(question);
  return found == answers_.end() ? nullptr : &found->second;
}

void Facts::add(Question question, Answer answer) {
  answers_.try_emplace(std::move(question), std::move(answer));
}

const Answer* Asker::ask(const Question& question) {
  if (const Answer* known = facts_->find(question)) return known;
  if (std::ranges::find(missing_, question) == missing_.end()) missing_.push_back(question);
  return nullptr;
}

}  // namespace hikyaku::lookup
