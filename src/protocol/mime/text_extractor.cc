// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <vector>

#include "protocol/mime/encoded_word.h"
#include "protocol/mime/header.h"
#include "protocol/mime/text.h"

namespace hikyaku::mime {
namespace {

/// A stretch of the message that holds text.
struct Stretch {
  enum class Kind : std::uint8_t { kHeader, kBody };
  Kind kind;
  std::uint64_t begin;
  std::uint64_t end;
  const Part* part;
};

enum class OwnHeader : std::uint8_t { kTaken, kLeftOut };

void gather(const Part& part, OwnHeader header, std::vector<Stretch>& out) {
  if (header == OwnHeader::kTaken && part.body_begin > part.header_begin) {
    out.push_back({Stretch::Kind::kHeader, part.header_begin, part.body_begin, &part});
  }
  if (part.is_text() && part.octets() != 0) {
    out.push_back({Stretch::Kind::kBody, part.body_begin, part.end, &part});
  }
  for (const auto& child : part.children) gather(child, OwnHeader::kTaken, out);
}

/// Names that only an extended parameter tells (RFC 2231) are not to be seen in the header's text.
void append_extended(const std::vector<Parameter>& parameters, std::string& out) {
  for (const auto& p : parameters) {
    if (p.form != Parameter::Form::kExtended) continue;
    if (!out.empty()) out.push_back('\n');
    out += p.value;
  }
}

}  // namespace

class TextExtractor::State {
 public:
  State(const Structure& structure, TextScope scope) {
    gather(structure.root, scope == TextScope::kText ? OwnHeader::kTaken : OwnHeader::kLeftOut,
           stretches_);
  }

  void push(std::string_view in, const Sink& sink) {
    while (!in.empty() && next_ < stretches_.size()) {
      const auto& stretch = stretches_[next_];
      if (at_ < stretch.begin) {
        const auto skipped = std::min<std::uint64_t>(stretch.begin - at_, in.size());
        at_ += skipped;
        in.remove_prefix(skipped);
        continue;
      }
      const auto taken = std::min<std::uint64_t>(stretch.end - at_, in.size());
      feed(stretch, in.substr(0, taken), sink);
      at_ += taken;
      in.remove_prefix(taken);
      if (at_ == stretch.end) end_stretch(sink);
    }
    at_ += in.size();
  }

  /// A message that is shorter than its structure says ends here too.
  void finish(const Sink& sink) {
    if (next_ < stretches_.size() && at_ > stretches_[next_].begin) end_stretch(sink);
    next_ = stretches_.size();
  }

 private:
  void feed(const Stretch& stretch, std::string_view octets, const Sink& sink) {
    if (stretch.kind == Stretch::Kind::kHeader) return feed_header(octets, sink);
    if (!decoder_) decoder_.emplace(*stretch.part);
    text_.clear();
    decoder_->decode(octets, text_);
    if (!text_.empty()) sink(text_, Piece::kMore);
  }

  void feed_header(std::string_view octets, const Sink& sink) {
    for (const char c : octets) {
      // A line that begins without white space ends the field before it.
      if (at_line_begin_ && c != ' ' && c != '\t') flush_field(sink);
      at_line_begin_ = c == '\n';
      if (field_.size() < kFieldOctetsMax) field_.push_back(c);
    }
  }

  void flush_field(const Sink& sink) {
    const auto text = decode_words(field_);
    field_.clear();
    if (!text.empty()) sink(text, Piece::kEnd);
  }

  void end_stretch(const Sink& sink) {
    const auto& stretch = stretches_[next_++];
    if (stretch.kind == Stretch::Kind::kHeader) {
      flush_field(sink);
      at_line_begin_ = false;
      std::string names;
      append_extended(stretch.part->parameters, names);
      if (stretch.part->disposition) append_extended(stretch.part->disposition->parameters, names);
      if (!names.empty()) sink(names, Piece::kEnd);
      return;
    }
    text_.clear();
    if (decoder_) decoder_->finish(text_);
    decoder_.reset();
    sink(text_, Piece::kEnd);
  }

  std::vector<Stretch> stretches_;
  std::size_t next_ = 0;
  std::uint64_t at_ = 0;
  std::optional<PartTextDecoder> decoder_;
  std::string text_;
  std::string field_;
  bool at_line_begin_ = false;
};

TextExtractor::TextExtractor(const Structure& structure, TextScope scope)
    : state_(std::make_unique<State>(structure, scope)) {}
TextExtractor::TextExtractor(TextExtractor&&) noexcept = default;
TextExtractor& TextExtractor::operator=(TextExtractor&&) noexcept = default;
TextExtractor::~TextExtractor() = default;

void TextExtractor::push(std::string_view octets, const Sink& sink) { state_->push(octets, sink); }
void TextExtractor::finish(const Sink& sink) { state_->finish(sink); }

}  // namespace hikyaku::mime
