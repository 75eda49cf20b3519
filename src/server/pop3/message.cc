// SPDX-License-Identifier: Apache-2.0
// RETR and TOP, streamed; and what QUIT deletes.
#include "base/event.h"
#include "base/event_keys.h"
#include "protocol/pop3/message_writer.h"
#include "server/pop3/session.h"

namespace hikyaku::pop3_server {
namespace {

namespace key = event::key;

constexpr std::uint64_t kPieceOctets = 256 * 1024;

}  // namespace

Task<Session::Flow> Session::send_message(pop3::NeedMessage request) {
  const auto position = inbox_.index->find(Uid(request.uid));
  HK_ASSERT(position.has_value());
  const auto message = co_await account_->messages({inbox_.index->at(*position).message});
  if (!message || !message->front()) {
    // Another client has expunged it since this session began.
    pop3_.message_failed(message ? "the message is no longer there"
                                 : "the message can not be read now, try again");
    co_return Flow::kGoOn;
  }
  const auto& found = *message->front();
  pop3::MessageWriter writer(request.body_lines);
  std::uint64_t offset = 0;
  bool begun = false;
  do {
    // The first piece is read before "+OK" is said, so that a failure can still be told.
    const auto piece = co_await ports_.store.read_body(found.body, offset, kPieceOctets);
    if (!piece) {
      event::error("pop3.read", {{key::kClient, client_}, {key::kError, piece.error().text}});
      if (begun) co_return Flow::kEnd;  // half a message must not look like a whole one
      pop3_.message_failed("the message can not be read now, try again");
      co_return Flow::kGoOn;
    }
    if (!begun) pop3_.message_ok();
    begun = true;
    if (piece->empty()) break;
    offset += piece->size();
    writer.write(*piece, pop3_.output());
    if (pop3_.output().size() >= kPieceOctets && co_await flush() == Flow::kEnd)
      co_return Flow::kEnd;
  } while (offset < found.size && !writer.done());
  writer.finish(pop3_.output());
  co_return Flow::kGoOn;
}

Task<void> Session::commit(std::vector<std::uint32_t> uids) {
  std::vector<Uid> gone;
  gone.reserve(uids.size());
  for (const auto uid : uids) gone.emplace_back(uid);
  const auto erased = co_await account_->erase(inbox_.info->id, std::move(gone));
  if (!erased)
    event::error("pop3.delete", {{key::kClient, client_}, {key::kError, erased.error().text}});
  lock_.reset();
  pop3_.committed(erased ? pop3::ServerSession::Committed::kAll
                         : pop3::ServerSession::Committed::kSome);
}

}  // namespace hikyaku::pop3_server
