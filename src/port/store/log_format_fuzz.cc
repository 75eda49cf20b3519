// SPDX-License-Identifier: Apache-2.0
// Properties: what stands in the log is read as what was written, and as nothing else after any
// octet of it was changed; changes and locations of any octets are whole or refused.
#include "port/store/log_format.h"

#include <cstdint>
#include <cstdlib>

#include "base/codec.h"
#include "port/store/engine_keys.h"

namespace {

using namespace hikyaku;  // NOLINT: the whole file is about it
using namespace hikyaku::store;

void require(bool holds) {
  if (!holds) std::abort();
}

/// A header of any fields, and the same with one octet changed.
template <class Decode>
void check_header(std::string encoded, std::uint8_t where, std::uint8_t change, Decode decode) {
  require(decode(encoded));
  require(!decode(std::string_view(encoded).substr(0, encoded.size() - 1)));
  if (change == 0) return;
  encoded[where % encoded.size()] = static_cast<char>(encoded[where % encoded.size()] ^ change);
  require(!decode(encoded));
}

void check_headers(std::string_view in) {
  Decoder fields(in);
  const auto where = fields.u8();
  const auto change = fields.u8();
  const auto a = fields.u32();
  const auto b = fields.u32();
  const auto c = fields.u32();
  const auto d = fields.u64();
  const auto salt = fields.u64();
  const SegmentHeader segment{a % 2 == 0 ? SegmentKind::kBatches : SegmentKind::kPieces, b, salt};
  check_header(segment.encode(), where, change, [&](std::string_view octets) {
    const auto read = SegmentHeader::decode(octets);
    return read && read->kind == segment.kind && read->number == b && read->salt == salt;
  });
  const BatchHeader batch{a, b, c, d};
  check_header(batch.encode(salt), where, change, [&](std::string_view octets) {
    const auto read = BatchHeader::decode(octets, salt);
    return read && read->bodies_length == a && read->changes_length == b &&
           read->changes_crc == c && read->sequence == d;
  });
  require(!BatchHeader::decode(batch.encode(salt), salt + 1));
  const BodyHeader body{BodyId(d), a, b};
  check_header(body.encode(salt), where, change, [&](std::string_view octets) {
    const auto read = BodyHeader::decode(octets, salt);
    return read && read->id == body.id && read->length == a && read->crc == b;
  });
  require(!BodyHeader::decode(body.encode(salt), salt + 1));
}

/// What the engine keeps for itself is read as what was written.
void check_engine_values(std::string_view in) {
  if (const auto state = LogState::decode(in)) require(state->encode() == in);
  if (const auto number = decode_number(in)) require(encode_number(*number) == in);
  const auto body = body_of_key(in);
  if (!body) return;
  require(body_of_key(location_key(*body)) == body && body_of_key(suspect_key(*body)) == body);
  require(body_of_key(holder_key(*body, in)) == body);
  const auto segment = static_cast<std::uint32_t>(body->value);
  require(segment_of_key(live_key(segment)) == segment);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  check_headers(in);
  check_engine_values(in);
  static_cast<void>(SegmentHeader::decode(in));
  static_cast<void>(BatchHeader::decode(in, 0));
  static_cast<void>(BodyHeader::decode(in, 0));

  std::string again;
  std::size_t octets = 0;
  const bool whole = read_changes(in, [&](const Change& change) {
    append_change(again, change);
    octets += change.key.size() + change.value.size();
  });
  require(octets <= size);
  std::string third;
  const auto append = [&third](const Change& change) { append_change(third, change); };
  if (whole) require(read_changes(again, append) && third == again);

  if (const auto location = Location::decode(in)) {
    const auto encoded = location->encode();
    const auto read = Location::decode(encoded);
    require(read && read->encode() == encoded && read->size() == location->size());
  }
  return 0;
}
