// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/dkim/message.h"

#include <algorithm>
#include <utility>

namespace hikyaku::dkim {
namespace {

/// Where the header ends, with its empty line; npos: not yet. Lines end as for mime::HeaderReader.
std::size_t find_header_end(std::string_view block, std::size_t from) {
  if (block.starts_with("\r\n")) return 2;
  if (block.starts_with('\n')) return 1;
  for (auto lf = block.find('\n', from); lf != std::string_view::npos;
       lf = block.find('\n', lf + 1)) {
    const auto rest = block.substr(lf + 1);
    if (rest.starts_with('\n')) return lf + 2;
    if (rest.starts_with("\r\n")) return lf + 3;
  }
  return std::string_view::npos;
}

}  // namespace

Header::Header(std::string block) : block_(std::make_unique<const std::string>(std::move(block))) {
  mime::HeaderReader reader(*block_);
  while (const auto field = reader.next()) {
    by_name_[mime::to_lower_ascii(field->name)].push_back(fields_.size());
    fields_.push_back(*field);
  }
}

const std::vector<std::size_t>& Header::named(std::string_view name) const {
  static const std::vector<std::size_t> none;
  const auto found = by_name_.find(std::string(name));
  return found == by_name_.end() ? none : found->second;
}

std::optional<BodyDigest> Message::body(const BodyWish& wish) const {
  for (const auto& entry : bodies_) {
    if (entry.wish == wish) return entry.digest;
  }
  // A length that is all of the body is the whole.
  if (!wish.length) return std::nullopt;
  const auto whole = body({wish.canonicalization, {}});
  return whole && whole->octets == *wish.length ? whole : std::nullopt;
}

/// One canonical form of the body: its hash, and those of its beginnings.
class MessageReader::BodyHasher {
 public:
  BodyHasher(const Crypto& crypto, Canonicalization kind)
      : kind_(kind), canonicalizer_(kind), hasher_(crypto.sha256()) {}

  void add_length(std::uint64_t length) {
    const auto place = std::ranges::lower_bound(lengths_, length);
    if (place == lengths_.end() || *place != length) lengths_.insert(place, length);
  }

  void push(std::string_view octets) {
    canonicalizer_.push(octets, [this](std::string_view run) { hash(run); });
  }

  void finish(std::vector<Message::Entry>& out) {
    canonicalizer_.finish([this](std::string_view run) { hash(run); });
    hash({});  // l=0 of an empty body
    for (auto& part : parts_) part.digest.octets = octets_;
    out.insert(out.end(), parts_.begin(), parts_.end());
    out.push_back({{kind_, {}}, {hasher_->finish(), octets_}});
  }

  [[nodiscard]] Canonicalization kind() const { return kind_; }

 private:
  void hash(std::string_view run) {
    while (next_ < lengths_.size() && lengths_[next_] - octets_ <= run.size()) {
      const auto upto = static_cast<std::size_t>(lengths_[next_] - octets_);
      hasher_->update(run.substr(0, upto));
      run.remove_prefix(upto);
      octets_ += upto;
      parts_.push_back({{kind_, lengths_[next_++]}, {hasher_->clone()->finish(), 0}});
    }
    hasher_->update(run);
    octets_ += run.size();
  }

  Canonicalization kind_;
  BodyCanonicalizer canonicalizer_;
  std::unique_ptr<Hasher> hasher_;
  std::uint64_t octets_ = 0;
  std::vector<std::uint64_t> lengths_;  ///< ascending
  std::size_t next_ = 0;                ///< in lengths_
  std::vector<Message::Entry> parts_;
};

MessageReader::MessageReader(const Crypto& crypto, std::vector<Wishes> wishes)
    : crypto_(&crypto), wishes_(std::move(wishes)) {}
MessageReader::MessageReader(MessageReader&&) noexcept = default;
MessageReader::~MessageReader() = default;

/// Returns what of the octets belongs to the body.
std::string_view MessageReader::take_header(std::string_view octets) {
  // The last octets before may be the beginning of the empty line.
  const auto from = block_.size() < 2 ? 0 : block_.size() - 2;
  const auto before = block_.size();
  const auto room = kHeaderOctetsMax + 2 - before;  // 2: the empty line
  block_ += octets.substr(0, room);
  const auto end = find_header_end(block_, from);
  if (end != std::string::npos) {
    octets.remove_prefix(end - before);
    block_.resize(end);
    end_header();
    return octets;
  }
  if (octets.size() > room) {
    block_.clear();
    header_.emplace(std::string());
    header_->too_large_ = true;
  }
  return {};
}

void MessageReader::end_header() {
  header_.emplace(std::exchange(block_, {}));
  for (const auto& ask : wishes_) {
    for (const auto& wish : ask(*header_)) {
      auto found = std::ranges::find(bodies_, wish.canonicalization, &BodyHasher::kind);
      if (found == bodies_.end()) {
        bodies_.emplace_back(*crypto_, wish.canonicalization);
        found = bodies_.end() - 1;
      }
      if (wish.length) found->add_length(*wish.length);
    }
  }
}

void MessageReader::push(std::string_view octets) {
  if (!header_) octets = take_header(octets);
  if (octets.empty()) return;
  for (auto& body : bodies_) body.push(octets);
}

Message MessageReader::finish() {
  if (!header_) end_header();
  Message message(*std::move(header_));
  for (auto& body : bodies_) body.finish(message.bodies_);
  return message;
}

Message read_message(const Crypto& crypto, std::vector<Wishes> wishes, std::string_view octets) {
  MessageReader reader(crypto, std::move(wishes));
  reader.push(octets);
  return reader.finish();
}

}  // namespace hikyaku::dkim
