using Microsoft.CodeAnalysis;

namespace PortGen.Compiler.Parsing;

/// <summary>Finds the class with the application's entry point. Not by the compilation's own search, which looks through every file at every key stroke.</summary>
internal static class EntryPoint
{
    /// <summary>Whether the project is an application and the class has its entry point: a method Main, or the statements of a file at the top level.</summary>
    public static bool Has(INamedTypeSymbol type, CompilationOptions options) =>
        IsApplication(options.OutputKind)
        && (options.MainTypeName is { } main ? QualifiedName.Of(type) == "global::" + main : HasMain(type));

    /// <summary>Whether a project of this kind has an entry point.</summary>
    public static bool IsApplication(OutputKind kind) => kind is OutputKind.ConsoleApplication or OutputKind.WindowsApplication or OutputKind.WindowsRuntimeApplication;

    private static bool HasMain(INamedTypeSymbol type) =>
        !type.GetMembers(WellKnownMemberNames.TopLevelStatementsEntryPointMethodName).IsEmpty
        || type.GetMembers(WellKnownMemberNames.EntryPointMethodName).Any(static m => m is IMethodSymbol { IsStatic: true, Arity: 0 });
}
