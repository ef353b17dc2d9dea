using Microsoft.CodeAnalysis.Text;
using PortGen.Compiler.Model;

namespace PortGen.Compiler.Emission;

/// <summary>Prints the generated file. The model has made all decisions.</summary>
internal static class PortsEmitter
{
    public static SourceText Emit(ManifestModel manifest, OutputOptions options, OutputName name)
    {
        var writer = new SourceWriter().WriteHeader(manifest.Services);
        if (name.Namespace is not null)
        {
            // Top-level statements are in no namespace. Alias only the names, and import a namespace that has only the extension: importing
            // the project's own would bring the user's types into scope.
            writer
                .Write($"global using {options.ClassName} = {FullName(options, name)};")
                .Write($"global using {options.RunningClassName} = global::{name.Namespace}.{options.RunningClassName};")
                .Write($"global using global::{ExtensionNamespace(options)};")
                .Line()
                .Write($"namespace {name.Namespace}")
                .Open();
        }

        EmitPorts(writer, manifest, options, isExtension: name.Namespace is null);
        writer.Line();
        EmitRunningPorts(writer, manifest, options);
        if (name.Namespace is not null)
        {
            writer.Close().Line();
            EmitExtension(writer, options, name);
        }

        return SourceText.From(writer.ToString(), System.Text.Encoding.UTF8);
    }

    /// <summary>The generated class's fully qualified name.</summary>
    public static string FullName(OutputOptions options, OutputName name) => name.Namespace is null ? $"global::{options.ClassName}" : $"global::{name.Namespace}.{options.ClassName}";

    /// <summary>The expression that creates a service's definition.</summary>
    public static string Definition(ManifestService service, Func<ManifestPort, string> port) => service.IsHost
        ? $"global::PortGen.PortServiceDefinition.ForHost(typeof({service.TypeName}), new[] {{ {string.Join(", ", service.Ports.Select(port))} }})"
        : $"global::PortGen.PortServiceDefinition.For<{service.TypeName}>(new[] {{ {string.Join(", ", service.Ports.Select(port))} }}, {SourceWriter.Literal(service.DependsOn)})";

    private static string ExtensionNamespace(OutputOptions options) => $"PortGen.Generated.{options.AssemblyIdentifier}";

    private static void EmitPorts(SourceWriter writer, ManifestModel manifest, OutputOptions options, bool isExtension)
    {
        writer
            .Write("/// <summary>The ports of this application, and the ways to start its services on them.</summary>")
            .Write(SourceWriter.GeneratedCode)
            .Write($"{options.Accessibility} static class {options.ClassName}")
            .Open();

        foreach (var port in manifest.Ports)
        {
            if (port.Declaration.Registration is not { Length: > 0 })
            {
                EmitDefinition(writer, port);
            }
            else if (manifest.Services.FirstOrDefault(s => s.Ports.Contains(port)) is { } service)
            {
                EmitReference(writer, service, port);
            }
        }

        EmitManifest(writer, manifest);
        EntryPointsEmitter.Emit(writer, options.RunningClassName);
        writer.Line();
        EntryPointsEmitter.EmitAddPortServices(writer, isExtension, options.HasWebHost);
        writer.Close();
    }

    private static void EmitDefinition(SourceWriter writer, ManifestPort port)
    {
        var declaration = port.Declaration;
        writer
            .Write($"/// <summary>Port <c>{declaration.Name}</c> of <see cref=\"{declaration.Type}\"/>: {Describe(port)}.</summary>")
            .Write($"public static global::PortGen.PortDefinition {port.Identifier} {{ get; }} = new global::PortGen.PortDefinition({SourceWriter.Literal(declaration.Name)})")
            .Open();

        if (!declaration.IsServicePort)
        {
            writer.Write($"Service = {SourceWriter.Literal(declaration.Service)},");
        }

        if (declaration.Range is { } text && port.Range is null)
        {
            writer.Write($"InvalidRange = {SourceWriter.Literal(text)},");
        }

        foreach (var property in declaration.Properties)
        {
            if (Value(port, property) is { } value)
            {
                writer.Write($"{property.Name} = {value},");
            }
        }

        writer.CloseStatement().Line();
    }

    // A definition has its attribute's values, except that its range is already parsed and its service holds the dependencies.
    private static string? Value(ManifestPort port, PortProperty property) => property.Name switch
    {
        nameof(DeclaredPort.Range) => port.Range is { } range ? $"new global::PortGen.PortRange({range.First}, {range.Last})" : null,
        nameof(DeclaredPort.DependsOn) => null,
        _ => property.Value is { } value ? SourceWriter.Literal(value) : null,
    };

    // The library made the definition; only its index in the list identifies the port.
    private static void EmitReference(SourceWriter writer, ManifestService service, ManifestPort port) => writer
        .Write($"/// <summary>Port <c>{port.Declaration.Name}</c> of a referenced library: {Describe(port)}.</summary>")
        .Write($"public static global::PortGen.PortDefinition {port.Identifier} {{ get; }} = {Registration(service)}.Ports[{service.Ports.ToList().IndexOf(port)}];")
        .Line();

    private static void EmitManifest(SourceWriter writer, ManifestModel manifest)
    {
        writer
            .Write("/// <summary>All services with their ports, and the waves in which they start.</summary>")
            .Write("public static global::PortGen.PortManifest Manifest { get; } = new global::PortGen.PortManifest(")
            .Write("    new global::PortGen.PortServiceDefinition[]")
            .Write("    {");
        foreach (var service in manifest.Services)
        {
            writer.Write($"        {(service.Registration is null ? Definition(service, static port => port.Identifier) : Registration(service))},");
        }

        writer.Write("    },").Write("    new string[][]").Write("    {");
        foreach (var wave in manifest.Waves)
        {
            writer.Write($"        {SourceWriter.Literal(wave)},");
        }

        writer.Write("    }" + (manifest.Problems.Count == 0 ? ");" : ","));
        if (manifest.Problems.Count > 0)
        {
            writer.Write("    new string[]").Write("    {");
            foreach (var problem in manifest.Problems)
            {
                writer.Write($"        {SourceWriter.Literal(problem)},");
            }

            writer.Write("    });");
        }

        writer.Line();
    }

    // The library made the service; if the application renames its ports, a copy has the new names.
    private static string Registration(ManifestService service) => service.IsRenamed
        ? $"{service.Registration}.WithNames({SourceWriter.Literal([.. service.Ports.Select(static p => p.Declaration.Name)])}, {SourceWriter.Literal(service.DependsOn)})"
        : service.Registration!;

    private static void EmitExtension(SourceWriter writer, OutputOptions options, OutputName name)
    {
        writer
            .Write($"namespace {ExtensionNamespace(options)}")
            .Open()
            .Write("/// <summary>Adds the services to an application's own host.</summary>")
            .Write(SourceWriter.GeneratedCode)
            .Write($"internal static class {options.ClassName}HostBuilderExtensions")
            .Open();
        EntryPointsEmitter.EmitAddPortServices(writer, FullName(options, name));
        writer.Close().Close();
    }

    private static void EmitRunningPorts(SourceWriter writer, ManifestModel manifest, OutputOptions options)
    {
        var name = options.RunningClassName;
        writer
            .Write("/// <summary>The running application, with each of its ports.</summary>")
            .Write(SourceWriter.GeneratedCode)
            .Write($"{options.Accessibility} sealed class {name} : global::PortGen.PortApplication")
            .Open()
            .Write($"internal {name}(global::Microsoft.Extensions.Hosting.IHost host)")
            .Write("    : base(host)")
            .Open()
            .Close();

        foreach (var port in manifest.Ports)
        {
            writer
                .Line()
                .Write($"/// <summary>Port <c>{port.Declaration.Name}</c> as it is now.</summary>")
                .Write($"public global::PortGen.RunningPort {port.Identifier} => GetRunningPort({SourceWriter.Literal(port.Declaration.Name)});");
        }

        writer.Close();
    }

    private static string Describe(ManifestPort port) => (port.Declaration.Port, port.Range) switch
    {
        (0, null) when port.Declaration.Range is null => "any free port",
        (0, { } range) => $"any port of {range}",
        (_, null) when port.Declaration.Range is not null => "its range can't be read",
        (var preferred, null) => $"{preferred}, no other",
        (var preferred, { } range) => $"{preferred}, or another of {range}",
    };
}
