// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/list_pattern.h"

#include "base/utf8.h"
#include "protocol/imap/text.h"

namespace hikyaku::imap {
namespace {

constexpr std::size_t kWordBits = 64;

bool is_wildcard(char c) { return c == '*' || c == '%'; }

/// "%*%%" matches what "*" does, "%%" what "%" does: a run becomes one wildcard.
std::string join_wildcards(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_wildcard(c) && !out.empty() && is_wildcard(out.back())) {
      if (c == '*') out.back() = '*';
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

// A bit is a position in the pattern up to which the name matches so far; a wildcard's position is
// entered together with the one before it, since it also matches nothing.
ListPattern::ListPattern(std::string text)
    : text_(std::move(text)),
      words_(text_.size() / kWordBits + 1),
      literal_(256 * words_),
      stay_star_(words_),
      stay_percent_(words_) {
  for (std::size_t i = 0; i < text_.size(); ++i) {
    const std::uint64_t bit = 1ULL << (i % kWordBits);
    const std::size_t word = i / kWordBits;
    if (text_[i] == '*') {
      stay_star_[word] |= bit;
    } else if (text_[i] == '%') {
      stay_percent_[word] |= bit;
    } else {
      literal_[static_cast<unsigned char>(text_[i]) * words_ + word] |= bit;
    }
  }
}

Result<ListPattern> ListPattern::compile(std::string_view reference, std::string_view pattern,
                                         NameEncoding encoding, const NameLimits& limits) {
  if (reference.size() + pattern.size() > 4 * limits.name_octets_max) {
    return permanent("the mailbox pattern is too long");
  }
  std::string whole(pattern.starts_with(kDelimiter) ? std::string_view() : reference);
  whole += pattern;
  if (encoding == NameEncoding::kUtf7) {
    HK_ASSIGN(whole, utf7_decode(whole));
  } else if (!is_utf8(whole)) {
    return permanent("the mailbox pattern is not UTF-8");
  }
  return ListPattern(join_wildcards(whole));
}

void ListPattern::start(Words& active) const {
  active.assign(words_, 0);
  active[0] = 1;
  // Behind a leading wildcard that matches nothing.
  if (((stay_star_[0] | stay_percent_[0]) & 1) != 0) active[0] |= 2;
}

void ListPattern::step(Words& active, char c, bool any_case) const {
  const std::uint64_t* mask = &literal_[static_cast<unsigned char>(c) * words_];
  const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const std::uint64_t* other =
      any_case ? &literal_[static_cast<unsigned char>(lower) * words_] : mask;
  std::uint64_t carry = 0;         // a literal at the end of the word before was matched
  std::uint64_t carry_behind = 0;  // a wildcard at the end of the word before is active
  for (std::size_t w = 0; w < words_; ++w) {
    const std::uint64_t wild = stay_star_[w] | stay_percent_[w];
    const std::uint64_t stays =
        active[w] & (c == kDelimiter ? stay_star_[w] : stay_star_[w] | stay_percent_[w]);
    const std::uint64_t matched = active[w] & (mask[w] | other[w]);
    std::uint64_t next = stays | (matched << 1) | carry | carry_behind;
    carry = matched >> (kWordBits - 1);
    // Wildcards do not stand side by side, so one shift follows all of them.
    next |= (next & wild) << 1;
    carry_behind = (next & wild) >> (kWordBits - 1);
    active[w] = next;
  }
}

bool ListPattern::run(std::string_view name, Words& active) const {
  const std::size_t first_level = name.substr(0, name.find(kDelimiter)).size();
  const bool inbox = same_word(name.substr(0, first_level), kInbox);
  start(active);
  for (std::size_t i = 0; i < name.size(); ++i) {
    step(active, name[i], inbox && i < first_level);
  }
  for (const std::uint64_t word : active) {
    if (word != 0) return true;
  }
  return false;
}

bool ListPattern::matches(std::string_view name) const {
  Words active;
  (void)run(name, active);
  return (active[text_.size() / kWordBits] >> (text_.size() % kWordBits) & 1) != 0;
}

bool ListPattern::may_match_below(std::string_view name) const {
  Words active;
  if (!run(name, active)) return false;
  step(active, kDelimiter, false);
  for (std::size_t i = 0; i < text_.size(); ++i) {
    // Something of the pattern is left to match a character, or a wildcard goes on.
    if ((active[i / kWordBits] >> (i % kWordBits) & 1) != 0) return true;
  }
  return false;
}

}  // namespace hikyaku::imap
