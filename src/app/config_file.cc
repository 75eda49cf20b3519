// SPDX-License-Identifier: Apache-2.0
#include "app/config_file.h"

#include <filesystem>

#include "app/files.h"
#include "base/told.h"
#include "config/read.h"

namespace hikyaku::app {
namespace {

std::unexpected<Error> cannot_use(Error error) {
  error.remedy = Remedy::kPermanent;
  error.cause = Cause::kConfiguration;
  return std::unexpected(std::move(error));
}

std::unexpected<Error> unreadable(const std::string& file, const Error& why) {
  std::error_code error;
  if (std::filesystem::exists(file, error) || error)
    return permanent(
        told(Words{"the configuration can not be read: {0}; run this as root, or let this user "
                   "read it",
                   "設定ファイルを読めません: {0}。root として実行するか、このユーザーが"
                   "読めるようにしてください"},
             why));
  return permanent(
      Words{"there is no configuration {0}; name another with --config, or begin one: "
            "hikyaku config defaults > {0}",
            "設定ファイル {0} がありません。--config で別のファイルを指定するか、新しく"
            "作ってください: hikyaku config defaults > {0}"},
      file);
}

}  // namespace

Result<config::Config> load_config(const std::string& file) {
  const auto text = read_file(file);
  if (!text) return cannot_use(unreadable(file, text.error()).error());
  std::error_code error;
  const auto folder = std::filesystem::absolute(file, error).parent_path().string();
  auto config = config::read(*text, folder);
  if (config) return *std::move(config);
  Error problems;
  for (const auto& problem : config.error()) {
    for (auto* all : {&problems.text, &problems.japanese})
      if (!all->empty()) *all += '\n';
    problems.text += config::text_of(problem, file, Language::kEnglish);
    problems.japanese += config::text_of(problem, file, Language::kJapanese);
  }
  return cannot_use(std::move(problems));
}

}  // namespace hikyaku::app
