using Microsoft.CodeAnalysis;

namespace PortGen.Compiler.Parsing;

/// <summary>Finds the class with the application's entry point. Avoids the compilation's own search, which scans every file on every keystroke.</summary>
internal static class EntryPoint
{
    /// <summary>Whether the project is an application and the class has its entry point: a Main method, or a file's top-level statements.</summary>
    public static bool Has(INamedTypeSymbol type, CompilationOptions options) =>
        IsApplication(options.OutputKind)
        && (options.MainTypeName is { } main ? QualifiedName.Of(type) == "global::" + main : HasMain(type));

    /// <summary>Whether a project of this kind has an entry point.</summary>
    public static bool IsApplication(OutputKind kind) => kind is OutputKind.ConsoleApplication or OutputKind.WindowsApplication or OutputKind.WindowsRuntimeApplication;

    private static bool HasMain(INamedTypeSymbol type) =>
        !type.GetMembers(WellKnownMemberNames.TopLevelStatementsEntryPointMethodName).IsEmpty
        || type.GetMembers(WellKnownMemberNames.EntryPointMethodName).Any(static m => m is IMethodSymbol { IsStatic: true, Arity: 0 });
}
