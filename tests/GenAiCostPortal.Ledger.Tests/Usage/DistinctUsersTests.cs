using Xunit;

namespace GenAiCostPortal.Ledger.Usage;

public sealed class DistinctUsersTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private static DistinctUsers Of(IEnumerable<int> users)
    {
        var sketch = new DistinctUsers();
        foreach (var user in users) sketch.Add(UserHash.Of(Key, $"user-{user}@example.com"));
        return sketch;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(512)]
    public void Up_to_512_users_are_counted_exactly_however_often_they_come(int users)
    {
        var sketch = Of(Enumerable.Range(0, users).Concat(Enumerable.Range(0, users)));
        Assert.True(sketch.IsExact);
        Assert.Equal(users, sketch.Count);
        Assert.Equal(users, DistinctUsers.FromBytes(sketch.ToBytes()).Count);
    }

    // The standard error is what many sketches show: the root of the mean square of their errors (1.04 / sqrt(4096) = 1.6 %).
    [Theory]
    [InlineData(600, 40)]
    [InlineData(2_500, 40)]
    [InlineData(10_000, 40)]
    [InlineData(60_000, 20)]
    public void Beyond_that_the_standard_error_is_below_two_percent(int users, int sketches)
    {
        var squares = 0.0;
        var sum = 0.0;
        for (var i = 0; i < sketches; i++)
        {
            var sketch = new DistinctUsers();
            for (var user = 0; user < users; user++) sketch.Add(Mixed((long)i * 10_000_000 + user));
            Assert.False(sketch.IsExact);
            var error = (double)(sketch.Count - users) / users;
            squares += error * error;
            sum += error;
        }
        Assert.InRange(Math.Sqrt(squares / sketches), 0.0005, 0.02);
        // No lean to one side either: the mean error of so many is within three of its own standard errors.
        Assert.InRange(sum / sketches, -3 * 0.01625 / Math.Sqrt(sketches), 3 * 0.01625 / Math.Sqrt(sketches));
    }

    [Fact]
    public void Users_who_come_in_many_groups_count_once_when_groups_are_merged()
    {
        var exact = Of(Enumerable.Range(0, 300));
        exact.Add(Of(Enumerable.Range(200, 200)));
        Assert.Equal((400L, true), (exact.Count, exact.IsExact));
        exact.Add(Of(Enumerable.Range(350, 400)));
        Assert.False(exact.IsExact);
        Assert.InRange(exact.Count, 735, 765);

        // In any order, and through bytes, the same registers.
        DistinctUsers[] parts = [Of(Enumerable.Range(0, 400)), Of(Enumerable.Range(300, 3_000)), Of(Enumerable.Range(2_000, 20_000))];
        var (there, back) = (new DistinctUsers(), new DistinctUsers());
        foreach (var part in parts) there.Add(part);
        foreach (var part in parts.Reverse()) back.Add(DistinctUsers.FromBytes(part.ToBytes()));
        Assert.Equal(there.ToBytes(), back.ToBytes());
        Assert.Equal(Of(Enumerable.Range(0, 22_000)).ToBytes(), there.ToBytes());
        Assert.InRange(there.Count, 21_300, 22_700);
    }

    [Fact]
    public void A_user_goes_when_the_last_request_goes()
    {
        var sketch = Of([1, 1, 2]);
        sketch.Remove(UserHash.Of(Key, "user-1@example.com"));
        Assert.Equal(2, sketch.Count);
        sketch.Remove(UserHash.Of(Key, "user-1@example.com"));
        sketch.Remove(UserHash.Of(Key, "user-3@example.com"));
        Assert.Equal(1, sketch.Count);
        sketch.Remove(UserHash.Of(Key, "user-2@example.com"));
        Assert.Equal((0L, null), (sketch.Count, sketch.ToBytes()));
    }

    [Fact]
    public void A_hash_is_keyed_and_tells_nothing_without_its_key()
    {
        // First 8 bytes of `printf alice | openssl dgst -sha256 -mac HMAC -macopt hexkey:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f`.
        Assert.Equal(0x6eefad2bed97b6d9, UserHash.Of(Key, "alice"));
        Assert.NotEqual(UserHash.Of(Key, "alice"), UserHash.Of(new byte[32], "alice"));
    }

    // SplitMix64: hashes as even as HMAC's at a hundredth of the time.
    private static long Mixed(long n)
    {
        var z = (ulong)n * 0x9E3779B97F4A7C15UL + 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return (long)(z ^ (z >> 31));
    }
}
