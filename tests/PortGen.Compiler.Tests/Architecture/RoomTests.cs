namespace PortGen.Compiler.Tests.Architecture;

/// <summary>A folder is a room: it uses the rooms that the table allows, and rooms never use each other.</summary>
public sealed class RoomTests
{
    [Theory]
    [InlineData("Shared")]
    [InlineData("PortGen.Compiler")]
    [InlineData("PortGen.CodeFixes")]
    [InlineData("PortGen.Tasks")]
    [InlineData("PortGen")]
    [InlineData("PortGen.AspNetCore")]
    public void A_room_uses_only_the_rooms_it_may(string project)
    {
        var sources = SourceRooms.Read(project);
        var allowed = ProjectRooms.All[project].Rooms;
        var uses = sources.Uses();

        // A circle is the worse fault, whatever the table says.
        var circles = SourceRooms.Circles(uses);
        Assert.True(circles.Count == 0, $"Rooms of {project} use each other:\n{string.Join("\n\n", circles.Select(static c => string.Join('\n', c)))}");

        var faults = uses.Where(u => !allowed.GetValueOrDefault(u.From, []).Contains(u.To)).GroupBy(static u => (u.From, u.To)).Select(static g => g.First());
        Assert.True(!faults.Any(), $"Rooms of {project} use rooms that the table in ProjectRooms.cs doesn't allow:\n{string.Join('\n', faults)}");

        // A row that nobody needs would allow tomorrow's fault.
        Assert.Equal(allowed.Keys.Order(), sources.Rooms.Order());
        var idle = allowed.SelectMany(static r => r.Value, static (r, to) => (From: r.Key, To: to)).Except(uses.Select(static u => (u.From, u.To)));
        Assert.True(!idle.Any(), $"The table in ProjectRooms.cs allows {project} what it doesn't use: {string.Join(", ", idle)}");
    }

    [Theory]
    [InlineData("Shared")]
    [InlineData("PortGen.Compiler")]
    [InlineData("PortGen.CodeFixes")]
    [InlineData("PortGen.Tasks")]
    [InlineData("PortGen")]
    [InlineData("PortGen.AspNetCore")]
    public void Only_the_room_Platform_calls_the_operating_system(string project)
    {
        var uses = SourceRooms.Read(project).PlatformUses().Where(static u => u.Room != ProjectRooms.Platform);
        Assert.True(!uses.Any(), $"{project} calls the operating system outside {ProjectRooms.Platform}:\n{string.Join('\n', uses)}");
    }

    [Fact]
    public void The_reader_finds_whatever_uses_a_type()
    {
        const string Used = "namespace N.B; class Tool { public static Tool Make() => new(); public int Value; public enum E { One } } static class Extensions { public static void Do(this string s) { } }";
        foreach (var user in new[]
        {
            "Tool _tool = null!;", "object M() => N.B.Tool.Make();", "object M() => Make();", "void M() => \"\".Do();", "List<Tool[]> M() => null!;",
            "void M() { var t = N.C.Shop.Get(); }", "int M() => N.C.Shop.Get().Value;", "bool M(object o) => o is Tool.E.One;", "object M() => typeof(Alias);", "string M() => nameof(Tool);",
        })
        {
            var uses = SourceRooms.Of(
                ("B/B.cs", Used), ("C/C.cs", "namespace N.C; static class Shop { public static B.Tool Get() => B.Tool.Make(); }"),
                ("A/A.cs", $"using N.B; using static N.B.Tool; using Alias = N.B.Tool; namespace N.A; class A {{ {user} }}")).Uses();
            Assert.True(uses.Any(static u => u is { From: "A", To: "B" }), user);
        }
    }

    [Fact]
    public void The_reader_finds_circles_and_calls_of_the_operating_system()
    {
        var rooms = SourceRooms.Of(
            ("A/A.cs", "class A { B _b; const string P = \"/proc/self\"; }"),
            ("B/Inner/B.cs", "class B { C _c; bool P => System.OperatingSystem.IsLinux(); string Q(int i) => $\"/proc/{i}\"; }"),
            ("C.cs", "class C { A _a; [System.Runtime.InteropServices.DllImport(\"libc\")] static extern int getpid(); }"));
        Assert.Equal(
            ["(root) -> A: Made.Up/C.cs:1 uses A", "A -> B: Made.Up/A/A.cs:1 uses B", "B -> (root): Made.Up/B/Inner/B.cs:1 uses C"],
            Assert.Single(SourceRooms.Circles(rooms.Uses())).Select(static u => u.ToString()));
        Assert.Equal(
            [("(root)", 1), ("A", 1), ("B", 2)],
            rooms.PlatformUses().GroupBy(static u => u.Room).Select(static g => (g.Key, g.Count())).Order());
    }
}
