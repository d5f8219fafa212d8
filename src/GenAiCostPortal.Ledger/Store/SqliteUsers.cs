using System.Security.Cryptography;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.Data.Sqlite;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>The roll-up of users on SQLite, and the key of their hashes.</summary>
internal sealed class SqliteUsers(SqliteConnection connection) : IDisposable
{
    /// <summary>Fact of the store: the key, hex. Hashes of two stores say nothing about each other.</summary>
    public const string KeyFact = "user-hash-key";

    private readonly SqliteStatement _find = new(connection, "SELECT Requests,RequestsWithoutCost,EstimatedCostNanoUsd,Users FROM user_rollup WHERE Day=? AND SeriesId=?");
    private readonly SqliteStatement _put = new(connection, "REPLACE INTO user_rollup(Day,SeriesId,Requests,RequestsWithoutCost,EstimatedCostNanoUsd,Users) VALUES(?,?,?,?,?,?)");
    private readonly SqliteStatement _delete = new(connection, "DELETE FROM user_rollup WHERE Day=? AND SeriesId=?");
    private byte[]? _key;

    /// <summary>Keyed hash of a user, never 0; within a transaction only, because the first one makes the key.</summary>
    public long HashOf(string user) => user.Length == 0 ? 0 : UserHash.Of(_key ??= Key(), user);

    public UserCell? Find(in CellKey key)
    {
        if (!At(_find, key).Read()) return null;
        var cell = new UserCell(key)
        {
            Requests = _find.Long(0), RequestsWithoutCost = _find.Long(1), EstimatedCostNanoUsd = _find.Long(2), Users = DistinctUsers.FromBytes(_find.BlobOrNull(3)),
        };
        _find.End();
        return cell;
    }

    public void Put(UserCell cell) =>
        At(_put, cell.Key).Add(cell.Requests).Add(cell.RequestsWithoutCost).Add(cell.EstimatedCostNanoUsd).AddBlob(cell.Users.ToBytes()).Run();

    public void Delete(in CellKey key) => At(_delete, key).Run();

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[_find, _put, _delete]) statement.Dispose();
    }

    private static SqliteStatement At(SqliteStatement statement, in CellKey key) =>
        statement.Add(UtcTime.DayOfUnixMs(key.SlotUnixSeconds * 1000).DayNumber).Add(key.SeriesId);

    private byte[] Key()
    {
        using var kept = new SqliteStatement(connection, $"SELECT Value FROM store_fact WHERE Name='{KeyFact}'");
        if (kept.Read())
        {
            var key = Convert.FromHexString(kept.Text(0));
            kept.End();
            return key;
        }
        var made = RandomNumberGenerator.GetBytes(32);
        using var put = new SqliteStatement(connection, "INSERT INTO store_fact(Name,Value) VALUES(?,?)");
        put.Add(KeyFact).Add(Convert.ToHexStringLower(made)).Run();
        return made;
    }
}
