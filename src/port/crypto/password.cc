// SPDX-License-Identifier: Apache-2.0
#include "port/crypto/password.h"

#include <argon2.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/mman.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <tuple>

#include "base/words.h"
#include "port/crypto/random.h"

namespace hikyaku::crypto {
namespace {

constexpr std::size_t kSaltOctets = 16;
constexpr std::size_t kHashOctets = 32;
constexpr std::uint32_t kMemoryKibMax = 1024 * 1024;
constexpr std::uint32_t kPassesMax = 100;
constexpr std::uint32_t kLanesMax = 64;
constexpr std::size_t kHashTextMax = 512;

/// Takes `prefix` and the number after it off the front of `text`.
std::optional<std::uint32_t> take_number(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

/// What a PHC string says.
struct Phc {
  std::uint32_t version = ARGON2_VERSION_13;
  PasswordCost cost;
  std::string_view salt;  ///< in base64 without padding, as the hash
  std::string_view hash;
};

/// nullopt for a text that is none.
std::optional<Phc> parse(std::string_view text) {
  if (text.size() > kHashTextMax) return std::nullopt;
  const auto version = take_number(text, "$argon2id$v=");
  if (version != ARGON2_VERSION_10 && version != ARGON2_VERSION_13) return std::nullopt;
  const auto memory = take_number(text, "$m=");
  const auto passes = take_number(text, ",t=");
  const auto lanes = take_number(text, ",p=");
  if (!memory || !passes || !lanes || !text.starts_with('$')) return std::nullopt;
  text.remove_prefix(1);
  const auto salt = text.substr(0, text.find('$'));
  text.remove_prefix(std::min(text.size(), salt.size() + 1));
  return Phc{*version, {*memory, *passes, *lanes}, salt, text};
}

const unsigned char* bytes(std::string_view octets) {
  return reinterpret_cast<const unsigned char*>(octets.data());
}

/// Base64 without padding, as PHC strings have it.
std::string encode(std::string_view octets) {
  std::string out((octets.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes(octets),
                                   static_cast<int>(octets.size()));
  out.resize(static_cast<std::size_t>(size));
  out.resize(out.find_last_not_of('=') + 1);
  return out;
}

/// nullopt for what encode() does not give.
std::optional<std::string> decode(std::string_view text) {
  std::string padded(text);
  padded.resize((text.size() + 3) / 4 * 4, '=');
  std::string out(padded.size() / 4 * 3, '\0');
  if (EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes(padded),
                      static_cast<int>(padded.size())) < 0)
    return std::nullopt;
  out.resize(text.size() * 3 / 4);
  if (encode(out) != text) return std::nullopt;
  return out;
}

// Why huge pages: a hash writes all of its memory, and then reads it at random places. In pages of
// 4 KiB that is 4,900 faults and as many misses of the TLB, several times the cost of the hash.
constexpr std::size_t kHugePage = 2 << 20;

int allocate(std::uint8_t** memory, std::size_t octets) {
  if (octets < kHugePage) {
    *memory = static_cast<std::uint8_t*>(std::malloc(octets));
  } else {
    const auto whole = (octets + kHugePage - 1) / kHugePage * kHugePage;
    *memory = static_cast<std::uint8_t*>(std::aligned_alloc(kHugePage, whole));
    // A kernel without them goes on with small ones.
    if (*memory != nullptr) std::ignore = ::madvise(*memory, whole, MADV_HUGEPAGE);
  }
  return *memory != nullptr ? ARGON2_OK : ARGON2_MEMORY_ALLOCATION_ERROR;
}

void release(std::uint8_t* memory, std::size_t) { std::free(memory); }

/// Fills `hash`, whose size is part of what is hashed. An error code of libargon2, or ARGON2_OK.
int derive(std::string_view password, std::string_view salt, PasswordCost cost,
           std::uint32_t version, std::string& hash) {
  // libargon2 writes to neither (ARGON2_DEFAULT_FLAGS).
  const auto writable = [](std::string_view octets) {
    return const_cast<std::uint8_t*>(bytes(octets));
  };
  argon2_context context{};
  context.out = reinterpret_cast<std::uint8_t*>(hash.data());
  context.outlen = static_cast<std::uint32_t>(hash.size());
  context.pwd = writable(password);
  context.pwdlen = static_cast<std::uint32_t>(password.size());
  context.salt = writable(salt);
  context.saltlen = static_cast<std::uint32_t>(salt.size());
  context.t_cost = cost.passes;
  context.m_cost = cost.memory_kib;
  context.lanes = context.threads = cost.lanes;
  context.version = version;
  context.allocate_cbk = allocate;
  context.free_cbk = release;
  context.flags = ARGON2_DEFAULT_FLAGS;
  return argon2id_ctx(&context);
}

Status check_length(const Secret& password) {
  if (password.size() <= kPasswordOctetsMax) return {};
  return permanent(Words{"the password is longer than 1024 octets; choose a shorter one",
                         "パスワードが 1024 オクテットを超えています。短くしてください"});
}

}  // namespace

Result<std::string> hash_password(const Secret& password, PasswordCost cost) {
  HK_TRY(check_length(password));
  const std::string salt = random_octets(kSaltOctets);
  std::string hash(kHashOctets, '\0');
  const int error = derive(password.reveal(), salt, cost, ARGON2_VERSION_13, hash);
  if (error != ARGON2_OK) {
    return retry_later("hashing a password: " + std::string(argon2_error_message(error)));
  }
  return "$argon2id$v=19$m=" + std::to_string(cost.memory_kib) +
         ",t=" + std::to_string(cost.passes) + ",p=" + std::to_string(cost.lanes) + "$" +
         encode(salt) + "$" + encode(hash);
}

Result<bool> verify_password(const Secret& password, std::string_view hash) {
  const auto stored = parse(hash);
  if (!stored) return permanent("the stored password is no argon2id hash; set the password again");
  const auto& cost = stored->cost;
  if (cost.memory_kib > kMemoryKibMax || cost.passes > kPassesMax || cost.lanes > kLanesMax) {
    return permanent("the stored password hash costs too much to check; set the password again");
  }
  if (!check_length(password)) return false;
  const auto damaged = [](int error) {
    return permanent("the stored password hash is damaged (" +
                     std::string(argon2_error_message(error)) + "); set the password again");
  };
  const auto salt = decode(stored->salt);
  const auto expected = decode(stored->hash);
  if (!salt || !expected) return damaged(ARGON2_DECODING_FAIL);
  std::string derived(expected->size(), '\0');
  const int error = derive(password.reveal(), *salt, cost, stored->version, derived);
  if (error == ARGON2_MEMORY_ALLOCATION_ERROR || error == ARGON2_THREAD_FAIL) {
    return retry_later("checking a password: " + std::string(argon2_error_message(error)));
  }
  if (error != ARGON2_OK) return damaged(error);
  return CRYPTO_memcmp(derived.data(), expected->data(), derived.size()) == 0;
}

void verify_nothing(const Secret& password) {
  ignore(hash_password(password), "only its time counts");
}

bool needs_rehash(std::string_view hash, PasswordCost cost) {
  const auto stored = parse(hash);
  return !stored || stored->cost.memory_kib != cost.memory_kib ||
         stored->cost.passes != cost.passes || stored->cost.lanes != cost.lanes;
}

}  // namespace hikyaku::crypto
