// SPDX-License-Identifier: Apache-2.0
#include "port/store/store_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "base/words.h"

namespace hikyaku::store {
namespace {

constexpr std::string_view kTitle = "hikyaku store ";
constexpr std::uint64_t kFormatBytesMax = 100;

std::string path_of(const std::string& directory) { return directory + "/FORMAT"; }

}  // namespace

Status check_format(Files& files, const std::string& directory) {
  if (auto made = files.make_directory(directory); !made)
    return io_error("making", directory, made.error());
  const auto path = path_of(directory);
  auto file = files.open(path, Files::Mode::kRead);
  if (!file && file.error() == ENOENT) {
    auto names = files.list(directory);
    if (!names) return io_error("listing", directory, names.error());
    if (std::ranges::find(*names, "log") != names->end())
      return permanent(
          Words{"{0} has a log but no file FORMAT: it is no whole store; restore it from a backup, "
                "or choose another directory",
                "{0} にはログがありますが FORMAT ファイルがなく、完全なストアではありません。"
                "バックアップから戻すか、別のフォルダーを選んでください"},
          directory);
    return {};
  }
  if (!file) return io_error("opening", path, file.error());
  auto octets = (*file)->read(0, kFormatBytesMax);
  if (!octets) return io_error("reading", path, octets.error());
  unsigned format = 0;
  const std::string_view text = *octets;
  if (text.starts_with(kTitle))
    std::from_chars(text.data() + kTitle.size(), text.data() + text.size(), format);
  if (format == 0)
    return permanent(Words{"{0} is not of hikyaku: choose another data directory",
                           "{0} は hikyaku のものではありません。別のデータフォルダーを選んで"
                           "ください"},
                     path);
  if (format > kStoreFormat)
    return permanent(
        Words{"{0} has format {1}, made by a newer hikyaku; this one reads up to {2}: install the "
              "newer release again",
              "{0} は新しい版の hikyaku が作った形式 {1} です。この版が読めるのは {2} までです。"
              "新しい版を入れ直してください"},
        directory, format, kStoreFormat);
  return {};
}

Status write_format(Files& files, const std::string& directory) {
  const auto path = path_of(directory);
  if (files.open(path, Files::Mode::kRead)) {
    // The start that made it may have failed to sync its name, and all that follows stands on it.
    if (auto synced = files.sync_directory(directory); !synced)
      return io_error("syncing", directory, synced.error());
    return {};
  }
  const auto draft = path + ".new";
  auto file = files.open(draft, Files::Mode::kCreate);
  if (!file) return io_error("making", draft, file.error());
  const auto text = fmt::format("{}{}\n", kTitle, kStoreFormat);
  const std::string_view piece = text;
  auto done = (*file)->write(0, {&piece, 1});
  if (done) done = (*file)->sync();
  if (done) done = files.rename(draft, path);
  if (done) done = files.sync_directory(directory);
  if (!done) return io_error("writing", path, done.error());
  return {};
}

}  // namespace hikyaku::store
