// SPDX-License-Identifier: Apache-2.0
#include "protocol/mime/summarizer.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "base/utf8.h"
#include "protocol/mime/entity_header.h"

namespace hikyaku::mime {
namespace {

/// The part of a line that is looked at in one piece; header lines go on piece by piece.
constexpr std::size_t kHeadOctetsMax = 64 * 1024;
/// RFC 2046 §5.1.1 allows 70; a few senders write more.
constexpr std::size_t kBoundaryOctetsMax = 512;

/// An entity whose end has not been seen.
struct Frame {
  enum class Kind : std::uint8_t {
    kLeaf,
    kMultipart,        ///< `boundary` is looked for
    kClosedMultipart,  ///< after its close-delimiter: epilogue
    kMessage,          ///< the frame above is the embedded message
  };

  Part part;
  Kind kind = Kind::kLeaf;
  std::string boundary;
  std::uint64_t lines_before_body = 0;
};

bool is_embedded_message(const Part& part) {
  return part.type == "message" && (part.subtype == "rfc822" || part.subtype == "global");
}

/// Decoding would change offsets; RFC 2045 §6.4 forbids such encodings for what holds entities.
bool is_readable(const Part& part) {
  return part.encoding != TransferEncoding::kBase64 &&
         part.encoding != TransferEncoding::kQuotedPrintable;
}

/// Line ends in text, many octets at a time: eight-bit sums are what the compiler vectorises well.
std::uint64_t count_line_ends(std::string_view text) {
  constexpr std::size_t kBlock = 240;  // fits an eight-bit sum, and whole vectors
  std::uint64_t count = 0;
  while (!text.empty()) {
    std::uint8_t sum = 0;
    for (const char c : text.substr(0, kBlock)) {
      sum = static_cast<std::uint8_t>(sum + static_cast<std::uint8_t>(c == '\n'));
    }
    count += sum;
    text.remove_prefix(std::min(kBlock, text.size()));
  }
  return count;
}

}  // namespace

class Summarizer::State {
 public:
  explicit State(SummarizerLimits limits)
      : limits_(limits), budget_(limits.kept_header_octets_max) {
    stack_.reserve(8);
    open_entity(Part{}, HeaderScope::kRoot);
  }

  void push(std::string_view in) {
    while (!in.empty()) {
      if (in_tail_) {
        in.remove_prefix(tail(in));
        continue;
      }
      if (carry_.empty() && !header_) {
        if (watched_ == 0) return count_rest(in);
        if (in.front() != '-') {
          in.remove_prefix(skip_body_lines(in));
          continue;
        }
      }
      in.remove_prefix(head(in));
    }
  }

  Summary finish() {
    if (!carry_.empty()) {
      look_at_line(carry_);
      advance(carry_);
      carry_.clear();
    }
    while (!stack_.empty()) close_top(pos_, pos_);
    summary_.octets = pos_;
    summary_.header_octets = summary_.structure.root.body_begin;
    return std::move(summary_);
  }

 private:
  void advance(std::string_view taken) {
    pos_ += taken.size();
    if (taken.ends_with('\n')) {
      ++lines_;
      const char before = taken.size() > 1 ? taken[taken.size() - 2] : last_octet_;
      line_end_octets_ = before == '\r' ? 2 : 1;
    }
    last_octet_ = taken.back();
  }

  /// No boundary can come any more: only lines and octets count.
  void count_rest(std::string_view in) {
    lines_ += count_line_ends(in);
    pos_ += in.size();
  }

  /// Whole body lines that begin with no dash, and the begin of one that is cut.
  std::size_t skip_body_lines(std::string_view in) {
    const char* const begin = in.data();
    const char* const end = begin + in.size();
    const char* at = begin;
    while (at != end && *at != '-') {
      const auto* lf =
          static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
      if (lf == nullptr) {
        in_tail_ = true;
        at = end;
        break;
      }
      ++lines_;
      at = lf + 1;
    }
    const auto taken = static_cast<std::size_t>(at - begin);
    if (at[-1] == '\n') --lines_;  // advance() counts the last one
    advance(in.substr(0, taken));
    return taken;
  }

  /// The first octets of a line, gathered until they are enough.
  std::size_t head(std::string_view in) {
    const auto room = kHeadOctetsMax - carry_.size();
    const auto lf = in.substr(0, room).find('\n');
    const auto taken = lf == std::string_view::npos ? std::min(room, in.size()) : lf + 1;
    const auto piece = in.substr(0, taken);
    const bool whole = lf != std::string_view::npos;
    if (!whole && taken < room) {
      carry_.append(piece);
      return taken;
    }
    if (carry_.empty()) {
      look_at_line(piece);
      advance(piece);
    } else {
      carry_.append(piece);
      look_at_line(carry_);
      advance(carry_);
      carry_.clear();
    }
    in_tail_ = !whole;
    if (whole) end_line();
    return taken;
  }

  /// More of a line whose head has been looked at.
  std::size_t tail(std::string_view in) {
    const auto lf = in.find('\n');
    const auto taken = lf == std::string_view::npos ? in.size() : lf + 1;
    const auto piece = in.substr(0, taken);
    if (header_ && !opens_part_) {
      header_->continuation(piece, budget_);
      look_for_utf8(piece);
    }
    advance(piece);
    if (lf != std::string_view::npos) {
      in_tail_ = false;
      end_line();
    }
    return taken;
  }

  /// A line (or its first kHeadOctetsMax octets) that begins at pos_.
  void look_at_line(std::string_view line) {
    if (watched_ != 0 && line.starts_with("--") && take_delimiter(line.substr(2))) return;
    if (!header_) return;
    if (line == "\r\n" || line == "\n") {
      end_header(pos_ + line.size());
    } else {
      header_->line(line, budget_);
      look_for_utf8(line);
    }
  }

  void look_for_utf8(std::string_view header) {
    if (!summary_.utf8_header) summary_.utf8_header = ascii_octets(header) != header.size();
  }

  void end_line() {
    if (!std::exchange(opens_part_, false)) return;
    ++parts_;
    if (parts_ >= limits_.parts_max) watched_ = 0;
    Part part;
    part.header_begin = pos_;
    // RFC 2046 §5.1.5
    if (stack_.back().part.subtype == "digest") {
      part.type = "message";
      part.subtype = "rfc822";
    }
    open_entity(std::move(part), HeaderScope::kPart);
  }

  void open_entity(Part part, HeaderScope scope) {
    stack_.push_back({.part = std::move(part)});
    header_.emplace(scope);
  }

  /// text: a line without its "--". RFC 2046 §5.1.1: the boundary at its start is enough; the
  /// longest one counts, so that one boundary may begin like another.
  bool take_delimiter(std::string_view text) {
    auto found = stack_.size();
    std::size_t longest = 0;
    for (auto i = stack_.size(); i-- > 0;) {
      const auto& boundary = stack_[i].boundary;
      if (boundary.size() > longest && text.starts_with(boundary)) {
        found = i;
        longest = boundary.size();
      }
    }
    if (found == stack_.size() || stack_[found].kind != Frame::Kind::kMultipart) return false;
    // The line end before the delimiter belongs to it.
    const auto end = pos_ - std::min<std::uint64_t>(pos_, line_end_octets_);
    while (stack_.size() > found + 1) close_top(end, pos_);
    if (text.substr(longest).starts_with("--")) {
      stack_.back().kind = Frame::Kind::kClosedMultipart;
      --watched_;
    } else {
      opens_part_ = true;
    }
    return true;
  }

  void end_header(std::uint64_t body_begin) {
    read_header(body_begin, lines_ + 1);
    const bool deeper = stack_.size() < limits_.depth_max;
    auto& frame = stack_.back();
    auto& part = frame.part;
    if (deeper && part.is_multipart()) {
      const auto* boundary = find_parameter(part.parameters, "boundary");
      if (boundary != nullptr)
        frame.boundary = boundary->substr(0, boundary->find_last_not_of(' ') + 1);
      if (frame.boundary.empty() || frame.boundary.size() > kBoundaryOctetsMax) {
        frame.boundary.clear();
        return;
      }
      if (parts_ >= limits_.parts_max) return;
      frame.kind = Frame::Kind::kMultipart;
      ++watched_;
    } else if (deeper && is_embedded_message(part) && is_readable(part)) {
      frame.kind = Frame::Kind::kMessage;
      Part embedded;
      embedded.header_begin = body_begin;
      open_entity(std::move(embedded), HeaderScope::kMessage);
    }
  }

  /// What the header of the top entity says; its body begins at body_begin.
  void read_header(std::uint64_t body_begin, std::uint64_t lines_before_body) {
    auto& frame = stack_.back();
    header_->apply(frame.part);
    frame.part.body_begin = body_begin;
    frame.lines_before_body = lines_before_body;
    if (stack_.size() == 1) {
      summary_.envelope = header_->envelope();
      summary_.references = header_->references();
      summary_.search_header = header_->take_search_header();
    } else if (auto& parent = stack_[stack_.size() - 2]; parent.kind == Frame::Kind::kMessage) {
      parent.part.envelope = header_->envelope();
    }
    header_.reset();
  }

  /// Ends the innermost entity at `end`, or later if its header or its children reach further.
  /// at: where the delimiter or the end of the message stands.
  void close_top(std::uint64_t end, std::uint64_t at) {
    if (header_) {
      const auto begin = std::max(end, stack_.back().part.header_begin);
      read_header(begin, begin == at ? lines_ : lines_ - 1);
    }
    auto frame = std::move(stack_.back());
    stack_.pop_back();
    if (frame.kind == Frame::Kind::kMultipart && watched_ != 0) --watched_;
    auto& part = frame.part;
    part.end = std::max(end, part.body_begin);
    if (!part.children.empty()) part.end = std::max(part.end, part.children.back().end);
    const auto lines = part.end == at ? lines_ : lines_ - 1;
    part.lines = lines - std::min(lines, frame.lines_before_body);
    complete(part);
    if (stack_.empty()) {
      summary_.structure.root = std::move(part);
    } else {
      stack_.back().part.children.push_back(std::move(part));
    }
  }

  /// Gives a multipart or message that was not taken apart the child that it must have: its whole
  /// body as text, so that a reader sees what there is.
  static void complete(Part& part) {
    const bool message = is_embedded_message(part);
    if (message && !part.envelope) part.envelope.emplace();
    if ((!message && !part.is_multipart()) || !part.children.empty()) return;
    Part child;
    child.encoding = part.encoding;
    child.encoding_name = part.encoding_name;
    child.header_begin = part.body_begin;
    child.body_begin = part.body_begin;
    child.end = part.end;
    child.lines = part.lines;
    part.children.push_back(std::move(child));
  }

  SummarizerLimits limits_;
  std::size_t budget_;
  Summary summary_;
  std::vector<Frame> stack_;            ///< open entities, the outermost first
  std::optional<EntityHeader> header_;  ///< of the top entity, while in its header
  std::size_t watched_ = 0;             ///< frames of kMultipart
  std::size_t parts_ = 1;
  std::uint64_t pos_ = 0;              ///< octets that were dealt with, without carry_
  std::uint64_t lines_ = 0;            ///< line ends before pos_
  std::string carry_;                  ///< the head of a line that is not enough yet
  bool in_tail_ = false;               ///< inside a line whose head has been looked at
  bool opens_part_ = false;            ///< a delimiter's line: the part begins after it
  std::uint64_t line_end_octets_ = 0;  ///< of the last line end
  char last_octet_ = '\0';
};

Summarizer::Summarizer(SummarizerLimits limits) : state_(std::make_unique<State>(limits)) {}
Summarizer::Summarizer(Summarizer&&) noexcept = default;
Summarizer& Summarizer::operator=(Summarizer&&) noexcept = default;
Summarizer::~Summarizer() = default;

void Summarizer::push(std::string_view octets) {
  HK_ASSERT(state_ != nullptr);
  state_->push(octets);
}

Summary Summarizer::finish() {
  HK_ASSERT(state_ != nullptr);
  auto state = std::move(state_);
  return state->finish();
}

Summary summarize(std::string_view message) {
  Summarizer s;
  s.push(message);
  return s.finish();
}

}  // namespace hikyaku::mime
