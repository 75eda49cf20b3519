// SPDX-License-Identifier: Apache-2.0
#include "base/system_words.h"

#include <algorithm>
#include <array>
#include <cerrno>

namespace hikyaku {
namespace {

struct Reason {
  int number;
  const char* japanese;
};

// Why not the system's own Japanese: its catalogues are seldom installed, and choosing a locale
// would change what the rest of the program prints.
constexpr std::array kReasons{
    Reason{ENOENT, "ファイルまたはフォルダーがありません"},
    Reason{EACCES, "権限がありません"},
    Reason{EPERM, "許可されていません"},
    Reason{EEXIST, "すでに存在します"},
    Reason{ENOTDIR, "フォルダーではありません"},
    Reason{EISDIR, "フォルダーです"},
    Reason{ENOTEMPTY, "フォルダーが空ではありません"},
    Reason{ENOSPC, "ディスクに空きがありません"},
    Reason{EDQUOT, "ディスクの割り当てを使い切りました"},
    Reason{EROFS, "読み取り専用のファイルシステムです"},
    Reason{EFBIG, "ファイルが大きすぎます"},
    Reason{EIO, "入出力エラーが起きました"},
    Reason{EMFILE, "開いているファイルが多すぎます"},
    Reason{ENFILE, "システム全体で開いているファイルが多すぎます"},
    Reason{ENOMEM, "メモリが足りません"},
    Reason{ENAMETOOLONG, "名前が長すぎます"},
    Reason{ELOOP, "シンボリックリンクが循環しています"},
    Reason{EBUSY, "使用中です"},
    Reason{EINVAL, "値が正しくありません"},
    Reason{ECONNREFUSED, "接続を拒否されました"},
    Reason{ECONNRESET, "相手が接続を切りました"},
    Reason{EPIPE, "相手が接続を切りました"},
    Reason{ETIMEDOUT, "時間内に応答がありません"},
    Reason{EHOSTUNREACH, "ホストに届きません"},
    Reason{ENETUNREACH, "ネットワークに届きません"},
    Reason{EADDRINUSE, "アドレスは使用中です"},
    Reason{EADDRNOTAVAIL, "このマシンのアドレスではありません"},
    Reason{EAFNOSUPPORT, "この種類のアドレスは使えません"},
    Reason{ECANCELED, "取りやめました"},
};

}  // namespace

Told system_told(int error_number) {
  const auto* const found = std::ranges::find(kReasons, error_number, &Reason::number);
  return Told::from(std::generic_category().message(error_number),
                    found != kReasons.end() ? found->japanese : "");
}

Told system_told(const std::error_code& error) {
  const bool of_system =
      error.category() == std::generic_category() || error.category() == std::system_category();
  return of_system ? system_told(error.value()) : verbatim(error.message());
}

std::unexpected<Error> system_error(int error_number, const Told& what) {
  auto out = system_error(what.in(Language::kEnglish), error_number);
  auto& error = out.error();
  error.japanese =
      what.in(Language::kJapanese) + ": " + system_told(error_number).in(Language::kJapanese);
  if (error.cause == Cause::kDiskFull) error.japanese += "。空きを増やしてください";
  return out;
}

}  // namespace hikyaku
