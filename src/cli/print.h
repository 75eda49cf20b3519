// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "app/json.h"
#include "base/words.h"
#include "explain/explain.h"

namespace hikyaku::cli {

// The answers of the administrator's commands, for people, on standard output.
void print_domain(const app::Json& answer);
void print_domains(const app::Json& answer);
void print_account(const app::Json& answer);
void print_accounts(const app::Json& answer);
void print_alias(const app::Json& answer);
void print_aliases(const app::Json& answer);
void print_removed(const app::Json& answer);
void print_queue(const app::Json& answer);
void print_queue_item(const app::Json& answer);
void print_queue_removed(const app::Json& answer);
/// With what each reply means, in the language of the environment.
void print_queue_item_explained(const app::Json& answer);
void print_retried(const app::Json& answer);
void print_sites(const app::Json& answer);
void print_reset(const app::Json& answer);
void print_track(const app::Json& answer);
void print_check(const app::Json& answer);

/// Meaning, who acts and remedy, in columns.
std::string explanation_lines(const explain::Explanation& found, Language in,
                              std::string_view indent);

}  // namespace hikyaku::cli
