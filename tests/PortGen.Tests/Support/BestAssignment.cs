using PortGen.Configuration;

namespace PortGen.Tests.Support;

/// <summary>The best of all assignments of numbers to ports, found by looking at every one. For a handful of ports.</summary>
internal static class BestAssignment
{
    public static (int RequiredMissing, int OptionalMissing, int Moved) Of(IReadOnlyList<PlannedPort> ports, Func<int, int, bool> isAvailable) =>
        Of(ports, 0, [], isAvailable);

    public static (int RequiredMissing, int OptionalMissing, int Moved) Score(IReadOnlyList<PlannedPort> ports, IReadOnlyList<int> numbers) => (
        ports.Where((p, i) => p.Required && numbers[i] == 0).Count(),
        ports.Where((p, i) => !p.Required && numbers[i] == 0).Count(),
        ports.Where((p, i) => p.Port != 0 && numbers[i] != 0 && numbers[i] != p.Port).Count());

    private static (int RequiredMissing, int OptionalMissing, int Moved) Of(
        IReadOnlyList<PlannedPort> ports, int next, List<int> numbers, Func<int, int, bool> isAvailable)
    {
        if (next == ports.Count)
        {
            return Score(ports, numbers);
        }

        var range = ports[next].Range!.Value;
        return Enumerable.Range(range.First, range.Count)
            .Where(n => isAvailable(next, n) && !numbers.Contains(n))
            .Append(0)
            .Min(n => Of(ports, next + 1, [.. numbers, n], isAvailable));
    }
}
