// SPDX-License-Identifier: Apache-2.0
#include "app/config_file.h"

#include <filesystem>

#include "app/files.h"
#include "config/read.h"

namespace hikyaku::app {
namespace {

std::unexpected<Error> cannot_use(Error error) {
  error.remedy = Remedy::kPermanent;
  error.cause = Cause::kConfiguration;
  return std::unexpected(std::move(error));
}

}  // namespace

Result<config::Config> load_config(const std::string& file) {
  const auto text = read_file(file);
  if (!text) return cannot_use(text.error());
  std::error_code error;
  const auto folder = std::filesystem::absolute(file, error).parent_path().string();
  auto config = config::read(*text, folder);
  if (config) return *std::move(config);
  std::string all;
  for (const auto& problem : config.error()) {
    if (!all.empty()) all += '\n';
    all += config::text_of(problem, file);
  }
  return cannot_use({.text = std::move(all)});
}

}  // namespace hikyaku::app
