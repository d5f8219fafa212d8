#!/usr/bin/env bash
# Adds one migration to both databases: build/add-migration.sh NAME
set -euo pipefail
cd "$(dirname "$0")/../src/GenAiCostPortal.Ledger"
dotnet tool restore
export AuthorMigrations=true
dotnet restore
dotnet build --no-restore
for db in Sqlite Postgres; do
  dotnet ef migrations add "$1" --no-build --context "${db}LedgerDb" --output-dir "Store/Migrations/$db"
  dotnet build --no-restore
done
unset AuthorMigrations
dotnet restore
