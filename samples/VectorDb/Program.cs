using VectorDb;
using VectorDb.OAuth;
using VectorDb.Vectors;

return await Ports.RunAllAsync(args, static builder =>
{
    // What the services share. Each builds a web application of its own on its port and takes these along.
    builder.Services.AddSingleton<DataFolder>();
    builder.Services.AddSingleton<ServiceAddresses>();
    builder.Services.AddSingleton<SigningKey>();
    builder.Services.AddSingleton<CurrentClient>();
    builder.Services.AddSingleton<LocalAuthorizationServer>();
    builder.Services.AddVectorStore();
});
