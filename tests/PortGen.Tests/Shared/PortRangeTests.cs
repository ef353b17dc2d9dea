using System.Globalization;
using CsCheck;
using PortGen.Tests.Support;

namespace PortGen.Tests.Shared;

public sealed class PortRangeTests
{
    [Theory]
    [InlineData("8080-8089", 8080, 8089)]
    [InlineData("8080", 8080, 8080)]
    [InlineData("1024-65535", 1024, 65535)]
    [InlineData("  8080-8089\t", 8080, 8089)]
    public void A_strict_range_is_read(string text, int first, int last)
    {
        Assert.True(PortRange.TryParse(text, out var range));
        Assert.Equal((first, last, last - first + 1), (range.First, range.Last, range.Count));
    }

    [Theory]
    [InlineData("")]
    [InlineData("100-")]
    [InlineData("-100")]
    [InlineData("8080 - 8089")]
    [InlineData("8080--8089")]
    [InlineData("8080-8085-8089")]
    [InlineData("0x1f90")]
    [InlineData("1e4")]
    [InlineData("+8080")]
    [InlineData("٨٠٨٠")]
    [InlineData("8080-8089\n")]
    [InlineData("1023-8080")]
    [InlineData("8080-65536")]
    [InlineData("8089-8080")]
    [InlineData("8080-99999999999999999999")]
    [InlineData(null)]
    public void Anything_else_is_refused(string? text) => Assert.False(PortRange.TryParse(text, out _));

    [Fact]
    public void A_range_reads_back_what_it_writes() =>
        Gen.Select(Gen.Int[1024, 65535], Gen.Int[1024, 65535]).Sample((a, b) =>
        {
            var range = new PortRange(Math.Min(a, b), Math.Max(a, b));
            Assert.True(PortRange.TryParse(range.ToString(), out var again));
            Assert.Equal(range, again);
        });

    [Fact]
    public void Reading_agrees_with_a_reference_on_any_text() =>
        Gen.Char["0123456789- x+\t"].Array[0, 12].Select(static c => new string(c)).Sample(static text =>
        {
            // The reference: a regular expression and 64-bit numbers.
            var match = System.Text.RegularExpressions.Regex.Match(text, "^[ \t]*([0-9]+)(?:-([0-9]+))?[ \t]*\\z");
            var expected = match.Success;
            if (expected)
            {
                var first = decimal.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
                var last = match.Groups[2].Success ? decimal.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) : first;
                expected = first >= 1024 && last <= 65535 && first <= last;
            }

            Assert.Equal(expected, PortRange.TryParse(text, out _));
        }, iter: LongTests.Cases(100_000));

    [Fact]
    public void A_range_contains_its_bounds_and_nothing_beyond() =>
        Gen.Select(Gen.Int[1024, 65000], Gen.Int[0, 500]).Sample((first, width) =>
        {
            var range = new PortRange(first, first + width);
            Assert.True(range.Contains(first) && range.Contains(first + width));
            Assert.False(range.Contains(first - 1) || range.Contains(first + width + 1));
        });

    [Theory]
    [InlineData(0, 10, "A TCP port lies between 1 and 65535. (Parameter 'first')")]
    [InlineData(65536, 65536, "A TCP port lies between 1 and 65535. (Parameter 'first')")]
    [InlineData(10, 9, "A range ends at or after its first port, and at 65535 at the latest. (Parameter 'last')")]
    [InlineData(1, 65536, "A range ends at or after its first port, and at 65535 at the latest. (Parameter 'last')")]
    public void A_range_of_no_ports_can_t_be_made(int first, int last, string message) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentOutOfRangeException>(() => new PortRange(first, last)).Message, StringComparison.Ordinal);

    [Fact]
    public void Its_bounds_are_those_of_TCP_and_the_default_is_empty()
    {
        Assert.Equal(65535, new PortRange(1, 65535).Count);
        Assert.Equal(1, new PortRange(65535, 65535).Count);
        Assert.Equal((0, false), (default(PortRange).Count, default(PortRange).Contains(0)));
    }
}
