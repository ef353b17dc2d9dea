using Microsoft.CodeAnalysis.CodeFixes;

namespace PortGen.Compiler.Tests.CodeFixes;

/// <summary>PG1005: a class gets the interface and the methods that it lacks, and stays as it is otherwise.</summary>
public sealed class InterfaceImplementationTests
{
    private const string Header = "using System.Threading;\nusing System.Threading.Tasks;\nusing PortGen;\n\n[PortService(\"a\")]\n";
    private const string Start = "public Task StartAsync(PortLease lease, CancellationToken cancellationToken) => throw new System.NotImplementedException();";
    private const string Stop = "public Task StopAsync(CancellationToken cancellationToken) => throw new System.NotImplementedException();";
    private const string ExplicitStart = "Task IPortService.StartAsync(PortLease lease, CancellationToken cancellationToken) => throw new System.NotImplementedException();";
    private const string ExplicitStop = "Task IPortService.StopAsync(CancellationToken cancellationToken) => throw new System.NotImplementedException();";

    [Theory]
    [InlineData("public sealed class A;", "public sealed class A : IPortService\n{\n    {start}\n\n    {stop}\n}")]
    [InlineData("class A; // behind", "class A : IPortService // behind\n{\n    {start}\n\n    {stop}\n}")]
    [InlineData("class A /* c */ ;", "class A : IPortService /* c */ \n{\n    {start}\n\n    {stop}\n}")]
    [InlineData("class A { }", "class A : IPortService {\n    {start}\n\n    {stop}\n}")]
    [InlineData("class A{}", "class A : IPortService{\n    {start}\n\n    {stop}\n}")]
    [InlineData("class A { /* c */ }", "class A : IPortService { /* c */\n\n    {start}\n\n    {stop}\n}")]
    [InlineData("class A { int _x; }", "class A : IPortService { int _x;\n\n    {start}\n\n    {stop}\n}")]
    [InlineData("class A // behind\n{\n}\n// below", "class A : IPortService // behind\n{\n    {start}\n\n    {stop}\n}\n// below")]
    [InlineData("class A { // behind\n  int _x ;\n} // below", "class A : IPortService { // behind\n  int _x ;\n\n  {start}\n\n  {stop}\n} // below")]
    [InlineData("class A\n{\n    int _x;\n\n    // TODO\n}", "class A : IPortService\n{\n    int _x;\n\n    // TODO\n\n    {start}\n\n    {stop}\n}")]
    [InlineData("class A\n{\n    int _x;\n\n}", "class A : IPortService\n{\n    int _x;\n\n    {start}\n\n    {stop}\n}")]
    [InlineData("class A\n{\n#if true\n    int _x;\n#endif\n}", "class A : IPortService\n{\n#if true\n    int _x;\n#endif\n\n    {start}\n\n    {stop}\n}")]
    [InlineData("class A(int x)\n{\n    int X => x;\n}", "class A(int x) : IPortService\n{\n    int X => x;\n\n    {start}\n\n    {stop}\n}")]
    [InlineData("record A(\n  int X) ;", "record A(\n  int X) : IPortService \n{\n    {start}\n\n    {stop}\n}")]
    [InlineData("record class B(int X);\n[PortService(\"b\")]\nrecord A(int X) : B(X);", "record class B(int X);\n[PortService(\"b\")]\nrecord A(int X) : B(X), IPortService\n{\n    {start}\n\n    {stop}\n}")]
    [InlineData("class A : object // behind\n{\n}", "class A : object, IPortService // behind\n{\n    {start}\n\n    {stop}\n}")]
    [InlineData("class A :\n    object, // one\n    System.IDisposable // two\n{\n    public void Dispose() { }\n}",
        "class A :\n    object, // one\n    System.IDisposable, // two\n    IPortService\n{\n    public void Dispose() { }\n\n    {start}\n\n    {stop}\n}")]
    [InlineData("class A\n    : object // one\n    , System.IDisposable // two\n{\n    public void Dispose() { }\n}",
        "class A\n    : object // one\n    , System.IDisposable // two\n    , IPortService\n{\n    public void Dispose() { }\n\n    {start}\n\n    {stop}\n}")]
    [InlineData("class A;class B { }", "class A : IPortService\n{\n    {start}\n\n    {stop}\n}class B { }")]
    public async Task Only_the_base_list_and_the_methods_are_new(string written, string @fixed)
    {
        // Of the records the second one is the service.
        var header = written.Contains("\"b\"") ? Header.Replace("[PortService(\"a\")]\n", "") : Header;
        var source = header + written;
        var expected = header + @fixed.Replace("{start}", Start).Replace("{stop}", Stop);
        Assert.Equal(expected, await FixedSource.OfAsync("PG1005", source));
        Assert.Equal(expected, await FixedSource.OfAllAsync("PG1005", "IPortService", source));
        Assert.Equal(expected.Replace("\n", "\r\n"), await FixedSource.OfAsync("PG1005", source.Replace("\n", "\r\n")));
    }

    [Fact]
    public async Task In_a_generic_class_it_goes_before_the_constraints()
    {
        var project = await FixedProject.OpenAsync(Header + "class A<T>\n    where T : class // c\n{\n}\n\nclass B;");
        var after = await project.ApplyAsync(Assert.Single(await project.OffersAsync()));
        Assert.Empty(after.CompilerErrors);
        Assert.Equal(Header + $"class A<T> : IPortService\n    where T : class // c\n{{\n    {Start}\n\n    {Stop}\n}}\n\nclass B;", Assert.Single(after.Texts));
    }

    [Theory]
    [InlineData("namespace N\n{\n\t[PortService(\"x\")]\n\tclass X;\n}", "namespace N\n{\n\t[PortService(\"x\")]\n\tclass X : IPortService\n\t{\n\t\t{start}\n\n\t\t{stop}\n\t}\n}")]
    [InlineData("namespace N {\n  class Outer {\n    [PortService(\"x\")]\n    public class X; // c\n  }\n}", "namespace N {\n  class Outer {\n    [PortService(\"x\")]\n    public class X : IPortService { // c\n      {start}\n\n      {stop}\n    }\n  }\n}")]
    [InlineData("namespace N;\n\nclass Other {\n   int _x;\n}\n\n[PortService(\"x\")] class X;", "namespace N;\n\nclass Other {\n   int _x;\n}\n\n[PortService(\"x\")] class X : IPortService {\n   {start}\n\n   {stop}\n}")]
    [InlineData("class Other\n{\nint _x;\n}\n\n[PortService(\"x\")]\nclass X;\n", "class Other\n{\nint _x;\n}\n\n[PortService(\"x\")]\nclass X : IPortService\n{\n    {start}\n\n    {stop}\n}\n")]
    [InlineData("class Other { int _x; }\n\n[PortService(\"x\")]\nclass X;", "class Other { int _x; }\n\n[PortService(\"x\")]\nclass X : IPortService\n{\n    {start}\n\n    {stop}\n}")]
    [InlineData("class Other;\nclass More {\n  int _x;\n}\n\n[PortService(\"x\")]\nclass X;", "class Other;\nclass More {\n  int _x;\n}\n\n[PortService(\"x\")]\nclass X : IPortService {\n  {start}\n\n  {stop}\n}")]
    [InlineData("class Other\n{\n  int _x;\n}\n\n[PortService(\"x\")]\nclass X\n{\n      int _x;\n}", "class Other\n{\n  int _x;\n}\n\n[PortService(\"x\")]\nclass X : IPortService\n{\n      int _x;\n\n      {start}\n\n      {stop}\n}")]
    [InlineData("[PortService(\n\t\"x\")]\nclass X;", "[PortService(\n\t\"x\")]\nclass X : IPortService\n{\n\t{start}\n\n\t{stop}\n}")]
    public async Task Indentation_and_braces_are_the_file_s(string written, string @fixed) => Assert.Equal(
        Header.Replace("[PortService(\"a\")]\n", "") + @fixed.Replace("{start}", Start).Replace("{stop}", Stop),
        await FixedSource.OfAsync("PG1005", Header.Replace("[PortService(\"a\")]\n", "") + written));

    [Theory]
    [InlineData("public Task StopAsync(CancellationToken token) => Task.CompletedTask;", Start)]
    [InlineData("public async Task StopAsync(CancellationToken token) => await Task.Yield();", Start)]
    [InlineData("public Task StartAsync(PortLease lease, CancellationToken token) => Task.CompletedTask;", Stop)]
    [InlineData("public Task StartAsync(CancellationToken token) => Task.CompletedTask;", Start, Stop)]
    [InlineData("public Task StopAsync() => Task.CompletedTask;", Start, Stop)]
    [InlineData("public Task StartAsync(PortLease lease, int seconds) => Task.CompletedTask;", Start, Stop)]
    [InlineData("public Task StopAsync<T>(CancellationToken token) => Task.CompletedTask;", Start, Stop)]
    [InlineData("public Task StopAsync(in CancellationToken token) => Task.CompletedTask;", Start, Stop)]
    [InlineData("public ValueTask StopAsync(CancellationToken token) => default;", Start, ExplicitStop)]
    [InlineData("public void StartAsync(PortLease lease, CancellationToken token) { }", ExplicitStart, Stop)]
    [InlineData("private Task StopAsync(CancellationToken token) => Task.CompletedTask;", Start, ExplicitStop)]
    [InlineData("public static Task StopAsync(CancellationToken token) => Task.CompletedTask;", Start, ExplicitStop)]
    [InlineData("public int StopAsync { get; }", Start, ExplicitStop)]
    [InlineData("private class StartAsync;", ExplicitStart, Stop)]
    [InlineData("Task IPortService.StopAsync(CancellationToken token) => Task.CompletedTask;", Start)]
    public async Task What_the_class_has_is_kept(string member, params string[] added) => Assert.Equal(
        $"{Header}class A : IPortService\n{{\n    {member}\n\n    {string.Join("\n\n    ", added)}\n}}",
        await FixedSource.OfAsync("PG1005", $"{Header}class A\n{{\n    {member}\n}}"));

    [Theory]
    [InlineData("public virtual Task StopAsync(CancellationToken token) => Task.CompletedTask;", Start)]
    [InlineData("protected Task StopAsync(CancellationToken token) => Task.CompletedTask;", Start, ExplicitStop)]
    [InlineData("private Task StopAsync(CancellationToken token) => Task.CompletedTask;", Start, Stop)]
    [InlineData("public ValueTask StopAsync(CancellationToken token) => default;", Start, ExplicitStop)]
    public async Task What_a_base_class_has_is_used(string member, params string[] added) => Assert.Equal(
        $"{Header}class A : B, IPortService\n{{\n    {string.Join("\n\n    ", added)}\n}}\nclass B\n{{\n    {member}\n}}",
        await FixedSource.OfAsync("PG1005", $"{Header}class A : B;\nclass B\n{{\n    {member}\n}}"));

    [Fact]
    public async Task A_class_that_has_both_gets_the_interface_only()
    {
        var both = "{ public Task StartAsync(PortLease l, CancellationToken c) => Task.CompletedTask; public Task StopAsync(CancellationToken c) => Task.CompletedTask; }";
        Assert.Equal($"{Header}class A : IPortService {both}", await FixedSource.OfAsync("PG1005", $"{Header}class A {both}"));
        Assert.Equal($"{Header}class A : B, IPortService; class B {both}", await FixedSource.OfAsync("PG1005", $"{Header}class A : B; class B {both}"));
    }

    [Fact]
    public async Task A_class_that_is_named_as_a_method_has_it_explicitly() => Assert.Equal(
        $"{Header}class StopAsync : IPortService\n{{\n    {Start}\n\n    {ExplicitStop}\n}}", await FixedSource.OfAsync("PG1005", $"{Header}class StopAsync;"));

    [Fact]
    public async Task A_method_in_another_part_counts()
    {
        var other = "partial class A { public System.Threading.Tasks.Task StopAsync(System.Threading.CancellationToken c) => null!; }";
        Assert.Equal(
            [$"{Header}partial class A : IPortService\n{{\n    {Start}\n}}", other],
            await FixedSource.OfAsync("PG1005", null, $"{Header}partial class A;", other));
    }

    [Fact]
    public async Task A_generated_part_is_left_alone()
    {
        (string Name, string Text)[] sources = [("A.g.cs", "partial class A { }"), ("A.cs", Header + "partial class A { }")];
        var project = await FixedProject.OpenAsync(sources);
        var after = await project.ApplyAsync(Assert.Single(await project.OffersAsync()));
        Assert.Equal([sources[0].Text, $"{Header}partial class A : IPortService {{\n    {Start}\n\n    {Stop}\n}}"], after.Texts);
    }

    [Fact]
    public async Task A_static_class_can_t_have_an_interface() => Assert.Empty(await FixedSource.OffersAsync("PG1005", Header + "static class A;"));

    [Fact]
    public async Task A_base_class_that_is_a_service_too_is_mended_for_both()
    {
        var project = await FixedProject.OpenAsync(Header + "class A;\n[PortService(\"b\")] class B : A;");
        Assert.Equal(2, project.Reports.Count(static r => r.Id == "PG1005"));
        var after = await project.ApplyAsync(Assert.Single(await project.OffersAsync()));
        Assert.Equal($"{Header}class A : IPortService\n{{\n    {Start}\n\n    {Stop}\n}}\n[PortService(\"b\")] class B : A;", Assert.Single(after.Texts));
        Assert.Empty(after.Reports);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("class Task; class PortLease; ", "")]
    [InlineData("namespace My.PortGen { class X; } namespace My.System { class X; } ", "namespace My {")]
    public async Task A_name_that_means_something_else_is_written_in_full(string before, string scope)
    {
        var text = await FixedSource.OfAsync("PG1005", $"{before}{scope} [global::PortGen.PortService(\"a\")] class A {{ class CancellationToken; }} {(scope.Length > 0 ? "}" : "")}");
        Assert.Contains(scope.Length > 0 ? "(global::System.Threading.CancellationToken cancellationToken)" : "(System.Threading.CancellationToken cancellationToken)", text, StringComparison.Ordinal);
        Assert.Contains(scope.Length > 0 ? "A : global::PortGen.IPortService" : "A : PortGen.IPortService", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_type_within_the_class_takes_its_name_from_the_methods()
    {
        var text = await FixedSource.OfAsync("PG1005", $"{Header}class A\n{{\n    class CancellationToken;\n}}");
        Assert.Equal(Header + "class A : IPortService\n{\n    class CancellationToken;\n\n    " + $"{Start}\n\n    {Stop}\n}}".Replace("CancellationToken c", "System.Threading.CancellationToken c"), text);
    }

    [Theory]
    [InlineData("class A {")]
    [InlineData("class A { int _x;")]
    [InlineData("class A : { }")]
    [InlineData("class A : object, { }")]
    public async Task A_half_typed_class_is_left_alone(string written) => Assert.Empty(await FixedSource.OffersAsync("PG1005", Header + written));

    [Fact]
    public async Task All_at_once_in_a_file_and_in_a_project()
    {
        string[] sources = [Header + "class A;[PortService(\"b\")]class B{}", "[PortGen.PortService(\"c\")] class C;"];
        var both = $"{Header}class A : IPortService\n{{\n    {Start}\n\n    {Stop}\n}}[PortService(\"b\")]class B : IPortService{{\n    {Start}\n\n    {Stop}\n}}";
        Assert.Equal([both, sources[1]], await FixedSource.OfAllAsync("PG1005", "IPortService", FixAllScope.Document, sources));
        var all = await FixedSource.OfAllAsync("PG1005", "IPortService", FixAllScope.Solution, sources);
        Assert.Equal(both, all[0]);
        Assert.Contains("class C : PortGen.IPortService", all[1], StringComparison.Ordinal);
    }
}
