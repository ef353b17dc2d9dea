using System.Text.RegularExpressions;
using PortGen.Package.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.Package.Tests.Shapes;

/// <summary>
/// Whatever a user's project looks like, adding the package brings no warning that the same project has not without it; it builds, publishes, runs and answers.
/// </summary>
public sealed partial class ConsumerShapesTests(LocalFeed feed) : PackageTest(feed)
{
    // Steps that have no divisor in common with the number of shapes reach all of them, and few of them reach far.
    private const int Step = 37;

    /// <summary>As many as the level says; or those of PORTGEN_SHAPES, such as <c>16,38</c>.</summary>
    public static TheoryData<int> Shapes => Environment.GetEnvironmentVariable("PORTGEN_SHAPES") is { Length: > 0 } some
        ? [.. some.Split(',').Select(static n => int.Parse(n, System.Globalization.CultureInfo.InvariantCulture))]
        : [.. Enumerable.Range(0, LongTests.Count(1, 12, ConsumerShape.Count)).Select(static i => i * Step % ConsumerShape.Count)];

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task It_builds_publishes_and_runs_without_a_warning_of_ours(int number)
    {
        LongTests.SkipUnlessMiddle();
        var shape = new ConsumerShape(number);
        WriteAll("plain", shape, hasPortGen: false);
        WriteAll("ports", shape, hasPortGen: true);
        var plain = await BuildAsync("build", $"plain/{shape.Target}");
        Assert.True(plain.ExitCode == 0, $"{shape}\n{plain.Output}");
        if (shape.Target != shape.Application)
        {
            Verify(shape, await BuildAsync("build", $"ports/{shape.Target}"), plain);
        }

        Verify(shape, await BuildAsync("publish", $"ports/{shape.Application}", ["-o", PathOf("published"), .. shape.PublishArguments]), plain);

        // From another folder than its own.
        await using var app = new ServedApplication(Start(PathOf($"published/{shape.Executable}")));
        foreach (var service in shape.Services)
        {
            Assert.Equal(service, await app.ReadAsync(service));
        }

        Assert.Equal(0, await app.StopAsync());
    }

    private static void Verify(ConsumerShape shape, CommandResult result, CommandResult plain)
    {
        Assert.True(result.ExitCode == 0, $"{shape}\n{result.Output}");
        Assert.Equal([], Ids(result).Except(Ids(plain)).Select(id => $"{shape}: {string.Join('\n', result.Reports.Where(r => r.Contains(id, StringComparison.Ordinal)))}"));
    }

    private static IEnumerable<string> Ids(CommandResult result) => result.Reports.Select(static r => Report().Match(r).Groups[1].Value).Distinct(StringComparer.Ordinal);

    private void WriteAll(string folder, ConsumerShape shape, bool hasPortGen)
    {
        foreach (var (path, content) in shape.Files(hasPortGen))
        {
            Write($"{folder}/{path}", content);
        }
    }

    [GeneratedRegex(@": (?:error|warning) ([A-Z]+\d+)")]
    private static partial Regex Report();
}
