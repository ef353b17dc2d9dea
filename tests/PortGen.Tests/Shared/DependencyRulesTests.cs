using static PortGen.Tests.Shared.RuleReport;

namespace PortGen.Tests.Shared;

/// <summary>PG0008, its report in full.</summary>
public sealed class DependencyRulesTests
{
    [Fact]
    public void PG0008_is_at_the_service_the_path_begins_with_and_has_all_of_the_circle()
    {
        PortSpec[] ports =
        [
            Spec("c") with { DependsOn = ["a"] },
            Spec("metrics") with { Service = "a", DependsOn = ["b"] },
            Spec("b") with { DependsOn = ["c"] },
            Spec("a") with { DependsOn = ["d", "b"] },
            Spec("d"),
        ];
        Assert.Equal(
            ["PG0008 3 DependsOn with 2+0: Services depend on each other in a circle, so none can start first: a -> b -> c -> a; remove one of these dependencies"],
            Of(ports));
        Assert.Equal(1, PortRules.Check(ports, "Ports")[0].Element);
    }

    [Fact]
    public void PG0008_of_a_service_that_needs_itself() => Assert.Equal(
        ["PG0008 0 DependsOn: Services depend on each other in a circle, so none can start first: a -> a; remove one of these dependencies"],
        Of(Spec("a") with { DependsOn = ["a"] }));

    [Fact]
    public void Of_two_ports_with_one_name_the_first_is_the_service() => Assert.Equal(
        ["PG0005 1 Name", "PG0008 0 DependsOn"],
        Of(Spec("a") with { DependsOn = ["a"] }, Spec("a")).Select(static r => string.Join(' ', r.Split(' ', ':')[..3])));

    [Fact]
    public void Each_circle_is_reported() => Assert.Equal(
        ["a -> b -> a", "c -> c"],
        Of(Spec("a") with { DependsOn = ["b"] }, Spec("b") with { DependsOn = ["a"] }, Spec("c") with { DependsOn = ["a", "c"] })
            .Select(static r => r.Split("first: ")[1].Split(';')[0]));
}
