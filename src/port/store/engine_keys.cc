// SPDX-License-Identifier: Apache-2.0
#include "port/store/engine_keys.h"

#include "base/codec.h"

namespace hikyaku::store {
namespace {

std::string key_of(std::string_view prefix, BodyId body) {
  Encoder key;
  key.raw(prefix).u64(body.value);
  return std::move(key).take();
}

}  // namespace

std::string LogState::encode() const {
  Encoder out;
  out.u8(kFormat).u64(position).u64(sequence);
  return std::move(out).take();
}

std::optional<LogState> LogState::decode(std::string_view octets) {
  Decoder in(octets);
  if (in.u8() != kFormat) return std::nullopt;
  LogState state;
  state.position = in.u64();
  state.sequence = in.u64();
  if (!in.ok() || !in.at_end()) return std::nullopt;
  return state;
}

std::string location_key(BodyId body) { return key_of(kLocationPrefix, body); }
std::string holders_prefix(BodyId body) { return key_of(kHolderPrefix, body); }
std::string holder_key(BodyId body, std::string_view holder) {
  return holders_prefix(body).append(holder);
}
std::string live_key(std::uint32_t segment) {
  Encoder key;
  key.raw(kLivePrefix).u32(segment);
  return std::move(key).take();
}
std::string suspect_key(BodyId body) { return key_of(kSuspectPrefix, body); }

std::optional<BodyId> body_of_key(std::string_view key) {
  if (key.size() < 1 + sizeof(std::uint64_t)) return std::nullopt;
  return BodyId(Decoder(key.substr(1)).u64());
}

std::uint32_t segment_of_key(std::string_view key) { return Decoder(key.substr(1)).u32(); }

std::string encode_number(std::uint64_t number) {
  Encoder out;
  out.u64(number);
  return std::move(out).take();
}

std::optional<std::uint64_t> decode_number(std::string_view octets) {
  Decoder in(octets);
  const auto number = in.u64();
  if (!in.ok() || !in.at_end()) return std::nullopt;
  return number;
}

}  // namespace hikyaku::store
